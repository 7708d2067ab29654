package dev.attune.trainer.tensor;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/** libtorch in this process: its device, its random numbers, and the pass backwards. */
public final class Torch {

    private static final Device DEVICE = start();
    private static final NDManager MANAGER = NDManager.newBaseManager(DEVICE);

    static {
        // The engine does so for the thread that loads it, which may be another.
        JniUtils.setGradMode(false);
    }

    private Torch() {}

    static Device start() {
        var engine = Libtorch.engine();
        JniUtils.setGraphExecutorOptimize(false);
        return engine.getGpuCount() > 0 ? Device.gpu(0) : Device.cpu();
    }

    /** Where arrays live that outlast a {@link Scope}. */
    public static NDManager manager() {
        return MANAGER;
    }

    /**
     * Numbers as an array. It owns them: what {@code NDManager.create} gives borrows a buffer that is gone with the Java
     * object, even where a gradient still needs the numbers.
     */
    public static NDArray array(float[] numbers, Shape shape) {
        return owned(MANAGER.create(numbers, shape));
    }

    /** The same as a row. */
    public static NDArray array(float[] numbers) {
        return array(numbers, new Shape(numbers.length));
    }

    /** Whole numbers as an array that owns them. */
    public static NDArray array(long[] numbers, Shape shape) {
        return owned(MANAGER.create(numbers, shape));
    }

    /** The same as a row. */
    public static NDArray array(long[] numbers) {
        return array(numbers, new Shape(numbers.length));
    }

    /** Truth values as an array that owns them. */
    public static NDArray array(boolean[] values, Shape shape) {
        return owned(MANAGER.create(values, shape));
    }

    private static NDArray owned(NDArray borrowed) {
        try (borrowed) {
            return borrowed.duplicate();
        }
    }

    /** Whether something failed because Java or libtorch found no memory, on the processor or on an accelerator. */
    public static boolean ranOutOfMemory(Throwable failure) {
        var message = String.valueOf(failure.getMessage());
        return failure instanceof OutOfMemoryError
                || failure instanceof EngineException
                        && (message.contains("can't allocate memory") || message.contains("out of memory"));
    }

    /** Whether an accelerator computes. */
    public static boolean hasGpu() {
        return DEVICE.isGpu();
    }

    /** What computes, for people: {@code cpu (threads: 2)} or {@code gpu 0}. */
    public static String device() {
        return DEVICE.isGpu() ? "gpu " + DEVICE.getDeviceId() : "cpu (threads: %d)".formatted(JniUtils.getNumThreads());
    }

    /** Below this many weights an operation is over before a second thread has woken up. */
    private static final long WORTH_THREADS = 5_000_000;

    /** Takes the processors that this process may use; one alone for a small model, which waiting for others slows down. */
    public static void sizeThreads(long parameters) {
        JniUtils.setNumThreads(
                parameters < WORTH_THREADS ? 1 : Runtime.getRuntime().availableProcessors());
    }

    /** Makes the random numbers that follow a function of the seed. */
    public static void seed(long seed) {
        JniUtils.setSeed(seed);
    }

    /** Makes an array one that gradients are kept for; its gradient starts at 0. */
    public static void requireGradient(NDArray weight) {
        weight.setRequiresGradient(true);
    }

    /**
     * Lets a weight's gradient go, with its memory; the next one starts at 0. libtorch keeps a gradient as long as what it
     * belongs to, so the weight becomes another one of the same numbers.
     */
    public static void dropGradient(NDArray weight) {
        weight.intern(leaf(weight));
    }

    /** The same numbers, sharing memory, as something that gradients are kept for and that knows of no history. */
    public static NDArray leaf(NDArray array) {
        var leaf = Ops.detach(array);
        requireGradient(leaf);
        return leaf;
    }

    /** Whether an array came from a weight that gradients are kept for. */
    public static boolean hasHistory(NDArray array) {
        return Ops.hasHistory(array);
    }

    /**
     * Adds to each weight that an array came from its share of the array's gradient, and frees what led to it.
     *
     * @param gradient shaped as the array: of a scalar {@code []} what it is scaled by
     */
    public static void backward(NDArray array, NDArray gradient) {
        JniUtils.backward((PtNDArray) array, (PtNDArray) gradient, false, false);
    }

    /** A number as an array {@code []}. */
    public static NDArray scalar(double number) {
        return array(new float[] {(float) number}, new Shape());
    }
}
