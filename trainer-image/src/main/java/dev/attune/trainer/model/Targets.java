package dev.attune.trainer.model;

import java.util.List;

/**
 * The modules that methods adapt unless told otherwise, as the last parts of their names; PEFT's choice.
 *
 * @param lora adapted by LoRA
 * @param ia3 scaled by IA3
 * @param ia3FeedForward of those, the ones whose input is scaled rather than their output
 */
public record Targets(List<String> lora, List<String> ia3, List<String> ia3FeedForward) {}
