package dev.attune.trainer.cli;

import ai.djl.engine.Engine;
import ai.djl.huggingface.tokenizers.jni.LibUtils;

/**
 * Loads every native library once, which leaves them unpacked in {@code ENGINE_CACHE_DIR}. An image that was built with
 * it starts without the jars that carry them, on a read-only root.
 */
final class UnpackNatives {

    private UnpackNatives() {}

    public static void main(String[] arguments) {
        System.out.println(Engine.getEngine("PyTorch"));
        LibUtils.checkStatus();
    }
}
