package dev.attune.trainer.tensor;

import ai.djl.engine.Engine;

/** The engine below {@link Torch}, which any thread may load. */
public final class Libtorch {

    private Libtorch() {}

    /** Loads it where that wasn't done. It tells nobody outside that it was used. */
    public static Engine engine() {
        System.setProperty("OPT_OUT_TRACKING", "true");
        return Engine.getEngine("PyTorch");
    }
}
