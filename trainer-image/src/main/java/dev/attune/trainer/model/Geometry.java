package dev.attune.trainer.model;

import java.util.List;

/**
 * The sizes that methods build by.
 *
 * @param hidden width of a hidden state
 * @param attentions names under which {@link Network#attention} is called for attention of a sequence to itself, in order;
 *     of an encoder-decoder, its decoder's alone
 * @param keyValueHeads heads of keys and values
 * @param headSize width of a head
 */
public record Geometry(int hidden, List<String> attentions, int keyValueHeads, int headSize) {}
