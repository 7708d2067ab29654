package dev.attune.trainer.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Frees every array that was made in it, but for those that are kept; records history for gradients, or doesn't. */
public final class Scope implements AutoCloseable {

    static {
        Torch.start();
    }

    private final NDScope arrays = new NDScope();
    private final boolean before = JniUtils.isGradMode();

    private Scope(boolean gradients) {
        arrays.suppressNotUsedWarning();
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setGradMode(gradients);
    }

    /** A scope whose arrays know what they came from. */
    public static Scope withGradients() {
        return new Scope(true);
    }

    /** A scope for measuring and generating: no history is kept. */
    public static Scope withoutGradients() {
        return new Scope(false);
    }

    /**
     * Computes one array and frees at once what else was made on the way. What gradients need of it lives on in their
     * history, as long as they need it; so this belongs around every layer.
     */
    public static NDArray result(Supplier<NDArray> work) {
        NDArray result;
        try (var way = new NDScope()) {
            way.suppressNotUsedWarning();
            result = work.get();
            NDScope.unregister(result);
        }
        NDScope.register(result);
        return result;
    }

    /** Computes an array, makes a number of it, and frees all that was made on the way. */
    public static double number(Supplier<NDArray> work, ToDoubleFunction<NDArray> use) {
        try (var way = new NDScope()) {
            way.suppressNotUsedWarning();
            return use.applyAsDouble(work.get());
        }
    }

    /** Lets arrays outlive the innermost scope; the caller frees them. */
    public static void release(NDArray... arrays) {
        NDScope.unregister(arrays);
    }

    /** Lets an array outlive this scope; the caller frees it. */
    public NDArray keep(NDArray array) {
        NDScope.unregister(array);
        return array;
    }

    @Override
    public void close() {
        JniUtils.setGradMode(before);
        arrays.close();
    }
}
