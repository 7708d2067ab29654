package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The network itself: looks weights up by the module's name and applies them; those kept as codes are restored at each use.
 *
 * @param precision what linear layers and attention compute in; norms and residuals are fp32 in any case
 */
public record WeightsNetwork(Map<String, NDArray> weights, Precision precision) implements Network {

    /** A network that computes in fp32, however its weights are kept. */
    public WeightsNetwork(Map<String, NDArray> weights) {
        this(weights, Precision.FP32);
    }

    @Override
    public NDArray embedding(String name, NDArray ids) {
        return Ops.embedding(weights.get(name + ".weight"), ids);
    }

    @Override
    public NDArray linear(String name, NDArray x) {
        var bias = weights.get(name + ".bias");
        var weight = Quantization.weight(weights, name + ".weight");
        var input = precision.of(x);
        return bias == null ? Ops.linear(input, weight) : Ops.linear(input, weight, bias);
    }

    @Override
    public NDArray conv1d(String name, NDArray x) {
        return Ops.conv1d(precision.of(x), Quantization.weight(weights, name + ".weight"), weights.get(name + ".bias"));
    }

    @Override
    public NDArray layerNorm(String name, NDArray x, double epsilon) {
        return Ops.layerNorm(x, weights.get(name + ".weight"), weights.get(name + ".bias"), epsilon);
    }

    @Override
    public NDArray rmsNorm(String name, NDArray x, double epsilon) {
        return Ops.rmsNorm(x, weights.get(name + ".weight"), epsilon);
    }

    @Override
    public NDArray parameter(String name) {
        return weights.get(name);
    }

    @Override
    public NDArray attention(String name, NDArray q, NDArray k, NDArray v, Mask mask) {
        var queries = q.getShape().get(2);
        var keys = k.getShape().get(2);
        var asked = precision.of(q);
        if (mask.texts() != null) {
            return mask.plain(queries, keys)
                    ? Ops.attention(asked, k, v, mask.texts().lengths(), mask.causal())
                    : Ops.attention(asked, k, v, mask.tables(q.getManager()));
        }
        return mask.plain(queries, keys)
                ? Ops.attention(asked, k, v, mask.causal() && queries > 1)
                : Ops.attention(asked, k, v, mask.table(q.getManager(), queries, keys));
    }

    @Override
    public NDArray input(NDArray x, Tokens tokens) {
        return x;
    }

    @Override
    public NDArray layer(NDArray x, UnaryOperator<NDArray> work) {
        return Scope.result(() -> work.apply(x));
    }

    @Override
    public void backward(NDArray array, NDArray gradient) {
        Torch.backward(array, gradient);
    }

    @Override
    public int virtualTokens() {
        return 0;
    }

    @Override
    public int past() {
        return 0;
    }

    @Override
    public NDArray residual(String layer, Part part, NDArray x, NDArray output, UnaryOperator<NDArray> norm) {
        return norm.apply(x.add(output));
    }
}
