package dev.attune.trainer.cli;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import dev.attune.trainer.tensor.Libtorch;

/** The native libraries. */
final class Natives {

    private Natives() {}

    /**
     * Loads every one once, which leaves them unpacked in {@code ENGINE_CACHE_DIR}. An image that was built with it starts
     * without the jars that carry them, on a read-only root.
     */
    public static void main(String[] arguments) {
        load();
        System.out.println(Libtorch.engine());
    }

    /** Begins to load them, on a thread of its own, while the manifest is read; who needs one waits for it. */
    static void loadMeanwhile() {
        var thread = new Thread(Natives::load, "natives");
        thread.setDaemon(true);
        // Who needs what could not be loaded says why.
        thread.setUncaughtExceptionHandler((here, failure) -> {});
        thread.start();
    }

    private static void load() {
        Libtorch.engine();
        LibUtils.checkStatus();
    }
}
