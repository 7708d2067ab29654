package dev.attune.trainer.method;

import dev.attune.trainer.failure.TrainerFailure;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A pattern of weights' names, in which {@code *} stands for any letters and {@code ?} for one; it has to match the whole
 * name.
 */
record NamePattern(String text) {

    private static final int EXAMPLES = 8;
    private static final Pattern NUMBER = Pattern.compile("\\.\\d+\\.");

    /**
     * The names that it matches.
     *
     * @param field path of the manifest's field that holds it, for the message
     * @throws TrainerFailure when there are none; the message tells what names look like that are near
     */
    List<String> matching(Collection<String> names, String field) {
        var pattern = pattern();
        var matching =
                names.stream().filter(name -> pattern.matcher(name).matches()).toList();
        if (matching.isEmpty()) {
            throw TrainerFailure.invalidManifest(
                    "%s: no weight of the model is named %s; there are %s".formatted(field, text, near(names)));
        }
        return matching;
    }

    private Pattern pattern() {
        return Pattern.compile(text.chars()
                .mapToObj(letter -> switch (letter) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(letter));
                })
                .collect(Collectors.joining()));
    }

    /** Those first that share most of the pattern's words; what differs in the layer's number alone is told once. */
    private String near(Collection<String> names) {
        var words = Arrays.stream(text.split("[^A-Za-z]+"))
                .filter(word -> !word.isEmpty())
                .toList();
        return names.stream()
                .map(name -> NUMBER.matcher(name).replaceAll(".*."))
                .distinct()
                .sorted(Comparator.comparingLong((String name) ->
                                words.stream().filter(name::contains).count())
                        .reversed())
                .limit(EXAMPLES)
                .collect(Collectors.joining(", "));
    }
}
