package dev.attune.trainer.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.jni.JniUtils;

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
