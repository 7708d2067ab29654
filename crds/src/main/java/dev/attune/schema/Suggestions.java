package dev.attune.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What somebody may have meant who wrote a name that doesn't exist. */
public final class Suggestions {

    private static final int TOO_MANY = 20;

    private final JsonNode root;

    Suggestions(JsonNode root) {
        this.root = root;
    }

    /** The end of a message about field {@code name} of the object at {@code parent}; empty if nothing comes to mind. */
    String of(JsonNode schema, FieldPath parent, String name) {
        var siblings = schema.path("properties").properties().stream()
                .map(Map.Entry::getKey)
                .toList();
        var nearest = nearest(name, siblings);
        if (nearest.isPresent()) {
            return ", did you mean %s?".formatted(nearest.get());
        }
        var elsewhere = new ArrayList<String>();
        places(root.path("properties").path("spec"), new FieldPath("spec"), name, elsewhere);
        if (elsewhere.size() == 1) {
            return ", did you mean %s?".formatted(elsewhere.get(0));
        }
        if (siblings.size() > TOO_MANY) {
            return "";
        }
        return ", %s takes %s"
                .formatted(
                        parent.text().isEmpty() ? "a manifest" : parent.text(),
                        siblings.isEmpty() ? "none" : String.join(", ", siblings));
    }

    /** The end of a message about {@code word}, which is none of {@code known}; empty if none of them is near. */
    public static String didYouMean(String word, Collection<String> known) {
        return nearest(word, known).map(", did you mean %s?"::formatted).orElse("");
    }

    private static void places(JsonNode schema, FieldPath path, String name, List<String> found) {
        for (var property : schema.path("properties").properties()) {
            var at = path.child(property.getKey());
            if (property.getKey().equals(name)) {
                found.add(at.text());
            }
            places(property.getValue(), at, name, found);
        }
    }

    private static Optional<String> nearest(String word, Collection<String> known) {
        var letters = letters(word);
        return known.stream()
                .filter(name -> distance(letters, letters(name)) <= Math.max(1, letters.length() / 3))
                .min(Comparator.comparingInt(name -> distance(letters, letters(name))));
    }

    /** Case and separators are no difference: learning_rate is learningRate. */
    private static String letters(String word) {
        return word.replaceAll("[-_. ]", "").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's distance: how many letters to add, drop or change. */
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (var j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (var i = 1; i <= a.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.length(); j++) {
                var change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
