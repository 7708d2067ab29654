package dev.attune.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.api.DataSet.Format;
import dev.attune.schema.Suggestions;
import dev.attune.trainer.failure.TrainerFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The names of classes, in the order of the model's outputs; finds those of a record among them. */
public record Labels(List<String> names) {

    private static final int SHOWN = 20;

    /**
     * The labels of data, sorted: as numbers where all are whole numbers, else by their letters.
     *
     * @param several whether a record has a list of them
     * @throws TrainerFailure when there are fewer than two, as there's then nothing to tell apart
     */
    public static Labels of(List<DataFile> files, boolean several) {
        var found = found(files, several);
        if (found.size() < 2) {
            throw TrainerFailure.invalidData("%s: %s: two classes are needed at least: add records of another"
                    .formatted(
                            files.get(0).field().replaceFirst("\\[.*", ""),
                            found.isEmpty()
                                    ? "no record has a label"
                                    : "every record has the label '%s'".formatted(found.first())));
        }
        var names = new ArrayList<>(found);
        if (names.stream().allMatch(name -> name.matches("-?\\d{1,18}"))) {
            names.sort(Comparator.<String>comparingLong(Long::parseLong).thenComparing(Comparator.naturalOrder()));
        }
        return new Labels(List.copyOf(names));
    }

    /** The labels that the records of some files have. */
    public static SortedSet<String> found(List<DataFile> files, boolean several) {
        var found = new TreeSet<String>();
        files.forEach(file -> file.forEach(Set.of(Format.CLASSIFICATION), sample -> {
            var labelled = LabelledTexts.labelled(sample);
            found.addAll(several ? list(labelled) : List.of(one(labelled)));
        }));
        return found;
    }

    /** The place of a record's one label. */
    public int place(Sample.Labelled sample) {
        return place(sample, one(sample));
    }

    /** The places of a record's labels; it may have none. */
    public int[] places(Sample.Labelled sample) {
        return list(sample).stream().mapToInt(name -> place(sample, name)).toArray();
    }

    /** The number that a record has for a label. */
    public static float number(Sample.Labelled sample) {
        var label = sample.label();
        var number = label.isNumber() ? label.floatValue() : Float.NaN;
        if (!Float.isFinite(number)) {
            throw TrainerFailure.invalidData(
                    "%s: the label is %s where a number was expected, as 3.5".formatted(sample.where(), label));
        }
        return number;
    }

    private int place(Sample.Labelled sample, String name) {
        var place = names.indexOf(name);
        if (place < 0) {
            throw TrainerFailure.invalidData(
                    "%s: the label '%s' isn't among the labels%s (%s%s); correct it, or add it to spec.objective.classification.labels"
                            .formatted(
                                    sample.where(),
                                    name,
                                    Suggestions.didYouMean(name, names),
                                    String.join(", ", names.subList(0, Math.min(SHOWN, names.size()))),
                                    names.size() > SHOWN ? ", …" : ""));
        }
        return place;
    }

    private static String one(Sample.Labelled sample) {
        if (sample.label().isArray()) {
            throw TrainerFailure.invalidData(
                    "%s: the label is a list, %s: write one label, or set spec.objective.classification.multiLabel"
                            .formatted(sample.where(), sample.label()));
        }
        return name(sample, sample.label());
    }

    private static List<String> list(Sample.Labelled sample) {
        if (!sample.label().isArray()) {
            throw TrainerFailure.invalidData(
                    "%s: the label is %s where a list was expected, as [\"a\", \"b\"] or []: write a list, or leave spec.objective.classification.multiLabel out"
                            .formatted(sample.where(), sample.label()));
        }
        var names = new ArrayList<String>();
        sample.label().forEach(label -> names.add(name(sample, label)));
        return names;
    }

    private static String name(Sample.Labelled sample, JsonNode label) {
        if (!label.isValueNode() || label.isNull() || label.asText().isEmpty()) {
            throw TrainerFailure.invalidData(
                    "%s: the label is %s where a name or a number was expected".formatted(sample.where(), label));
        }
        return label.asText();
    }
}
