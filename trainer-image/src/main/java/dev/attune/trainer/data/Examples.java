package dev.attune.trainer.data;

import java.util.List;

/**
 * What data files became.
 *
 * @param all in the order of the files
 * @param notes what was left out or cut, one sentence each
 */
public record Examples(List<Example> all, List<String> notes) {}
