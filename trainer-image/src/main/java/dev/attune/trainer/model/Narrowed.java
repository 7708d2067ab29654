package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.tensor.Ops;
import java.util.function.UnaryOperator;

/**
 * Goes on, behind attention in the model's last layer, with those states alone that something reads: there is nothing more
 * that others would be looked at for.
 *
 * @param last the last layer's module
 * @param index int64 [n]: which states, of all rows behind each other
 * @param all how many states there are
 */
public record Narrowed(Network base, String last, NDArray index, long all) implements NetworkDecorator {

    @Override
    public NDArray residual(String layer, Part part, NDArray x, NDArray output, UnaryOperator<NDArray> norm) {
        return layer.equals(last)
                ? base.residual(layer, part, narrow(x), narrow(output), norm)
                : base.residual(layer, part, x, output, norm);
    }

    /** {@code [batch, length, hidden] → [1, n, hidden]}, unless it is so already. */
    private NDArray narrow(NDArray states) {
        var shape = states.getShape();
        return shape.get(0) * shape.get(1) == all
                ? Ops.rows(states.reshape(all, shape.get(2)), index).expandDims(0)
                : states;
    }
}
