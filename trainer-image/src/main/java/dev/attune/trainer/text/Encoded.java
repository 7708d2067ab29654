package dev.attune.trainer.text;

import dev.attune.trainer.text.jinja.Span;
import java.util.List;

/**
 * The tokens of a text.
 *
 * @param ids [tokens]
 * @param places [tokens] the characters that each token stands for; null for one that the tokenizer added. Blanks may be
 *     left out of a token's place, and the tokens of one character share it.
 */
public record Encoded(int[] ids, List<Span> places) {

    /** Whether a token has a character, or an end, in a part of the text. */
    boolean isIn(int token, Span part) {
        var place = places.get(token);
        return place != null && place.end() > part.start() && (place.start() < part.end() || place.end() <= part.end());
    }

    /** Which tokens [tokens] have a character in one of some parts of the text. */
    public boolean[] in(List<Span> parts) {
        var inside = new boolean[ids.length];
        for (var token = 0; token < ids.length; token++) {
            for (var part : parts) {
                inside[token] |= isIn(token, part);
            }
        }
        return inside;
    }
}
