package dev.attune.trainer.objective;

import dev.attune.trainer.data.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Mean squared error, mean absolute error, and Pearson's correlation where both sides vary. */
final class Errors implements Tally {

    private final Tally loss = Tally.ofLoss();
    private final List<Double> said = new ArrayList<>();
    private final List<Double> right = new ArrayList<>();

    @Override
    public void add(Batch batch, Loss next) {
        loss.add(batch, next);
        var outputs = next.outputs().toFloatArray();
        for (var row = 0; row < batch.size(); row++) {
            said.add((double) outputs[row]);
            right.add((double) batch.targets()[row]);
        }
    }

    @Override
    public Map<String, Double> metrics() {
        var metrics = loss.metrics();
        var absolute = 0.0;
        for (var at = 0; at < said.size(); at++) {
            absolute += Math.abs(said.get(at) - right.get(at));
        }
        metrics.put("mae", absolute / said.size());
        var spread = Math.sqrt(covariance(said, said) * covariance(right, right));
        if (spread > 0) {
            metrics.put("pearson", covariance(said, right) / spread);
        }
        return metrics;
    }

    private static double covariance(List<Double> a, List<Double> b) {
        var meanOfA = a.stream().mapToDouble(x -> x).average().orElse(0);
        var meanOfB = b.stream().mapToDouble(x -> x).average().orElse(0);
        var sum = 0.0;
        for (var at = 0; at < a.size(); at++) {
            sum += (a.get(at) - meanOfA) * (b.get(at) - meanOfB);
        }
        return sum;
    }
}
