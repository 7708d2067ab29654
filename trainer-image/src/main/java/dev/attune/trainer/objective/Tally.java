package dev.attune.trainer.objective;

import dev.attune.trainer.data.Batch;
import java.util.LinkedHashMap;
import java.util.Map;

/** Adds batches up to what a model is judged by. */
public interface Tally {

    /** Takes a batch and what the network made of it. */
    void add(Batch batch, Loss loss);

    /** Value by name of what was added, loss first. */
    Map<String, Double> metrics();

    /** The mean loss alone; 0 where nothing counted. */
    static Tally ofLoss() {
        return new Tally() {
            private double sum;
            private double count;

            @Override
            public void add(Batch batch, Loss loss) {
                sum += loss.sum().getFloat();
                count += loss.count();
            }

            @Override
            public Map<String, Double> metrics() {
                var metrics = new LinkedHashMap<String, Double>();
                metrics.put("loss", count == 0 ? 0 : sum / count);
                return metrics;
            }
        };
    }

    /** The mean loss and its exponential. */
    static Tally ofPerplexity() {
        var loss = ofLoss();
        return new Tally() {
            @Override
            public void add(Batch batch, Loss next) {
                loss.add(batch, next);
            }

            @Override
            public Map<String, Double> metrics() {
                var metrics = loss.metrics();
                metrics.put("perplexity", Math.exp(metrics.get("loss")));
                return metrics;
            }
        };
    }
}
