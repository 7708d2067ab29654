package dev.attune.trainer.objective;

import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Sample.Question;
import dev.attune.trainer.data.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;

/**
 * Loss, exact match and F1 of the likeliest answer of each question over all its windows, both as SQuAD counts them. That
 * there is no answer is considered only where the data has questions without one.
 */
final class MarkedAnswers implements Tally {

    private final Tally loss = Tally.ofLoss();
    private final int mostTokens;
    private final Map<Question, Marked> marked = new IdentityHashMap<>();

    MarkedAnswers(int mostTokens) {
        this.mostTokens = mostTokens;
    }

    /**
     * The likeliest answer.
     *
     * @param score of it
     * @param none least score of a window for having none
     */
    private record Marked(String text, double score, double none) {

        Marked or(Marked other) {
            return new Marked(
                    other.score > score ? other.text : text, Math.max(score, other.score), Math.min(none, other.none));
        }
    }

    @Override
    public void add(Batch batch, Loss next) {
        loss.add(batch, next);
        var scores = next.outputs().toFloatArray();
        for (var row = 0; row < batch.size(); row++) {
            var from = 2 * row * batch.length();
            var window = batch.windows().get(row);
            marked.merge(
                    window.question(),
                    likeliest(window, Arrays.copyOfRange(scores, from, from + 2 * batch.length())),
                    Marked::or);
        }
    }

    private Marked likeliest(Window window, float[] scores) {
        var places = window.places();
        var best = new Marked("", Double.NEGATIVE_INFINITY, scores[0] + scores[1]);
        for (var first = 0; first < places.size(); first++) {
            for (var last = first; last < Math.min(first + mostTokens, places.size()); last++) {
                var score = scores[2 * first] + scores[2 * last + 1];
                if (score > best.score() && places.get(first) != null && places.get(last) != null) {
                    var text = window.question()
                            .context()
                            .substring(
                                    places.get(first).start(), places.get(last).end());
                    best = new Marked(text, score, best.none());
                }
            }
        }
        return best;
    }

    @Override
    public Map<String, Double> metrics() {
        var metrics = loss.metrics();
        metrics.put("exactMatch", mean((said, right) -> words(said).equals(words(right)) ? 1 : 0));
        metrics.put("f1", mean(MarkedAnswers::f1));
        return metrics;
    }

    private double mean(ToDoubleBiFunction<String, String> measure) {
        var mayHaveNone = marked.keySet().stream().anyMatch(q -> q.answers().isEmpty());
        return marked.entrySet().stream()
                .mapToDouble(entry -> {
                    var best = entry.getValue();
                    var said = mayHaveNone && best.none() > best.score() ? "" : best.text();
                    var answers = entry.getKey().answers();
                    return answers.isEmpty()
                            ? measure.applyAsDouble(said, "")
                            : answers.stream()
                                    .mapToDouble(answer -> measure.applyAsDouble(said, answer.text()))
                                    .max()
                                    .orElseThrow();
                })
                .average()
                .orElse(0);
    }

    static double f1(String said, String right) {
        var words = words(said);
        var left = new ArrayList<>(words(right));
        var size = left.size();
        if (words.isEmpty() || size == 0) {
            return words.size() == size ? 1 : 0;
        }
        var common = words.stream().filter(left::remove).count();
        return 2.0 * common / (words.size() + size);
    }

    /** In small letters, without punctuation and articles. */
    static List<String> words(String text) {
        var plain = text.toLowerCase(Locale.ROOT)
                .replaceAll("[!-/:-@\\[-`{-~]", "")
                .replaceAll("(?U)\\b(a|an|the)\\b", " ");
        return Arrays.stream(plain.split("(?U)\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
