package dev.attune.trainer.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.ScriptedModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The functions of {@code ops.torchscript}, which lies beside this class, called by their names. */
final class Script {

    private static final ScriptedModule MODULE = load();

    private Script() {}

    static IValue call(String method, IValue... inputs) {
        return MODULE.call(method, inputs);
    }

    static NDArray tensor(NDArray like, String method, IValue... inputs) {
        try (var result = call(method, inputs)) {
            return result.toTensor((PtNDManager) like.getManager());
        }
    }

    static void run(String method, IValue... inputs) {
        call(method, inputs).close();
    }

    static IValue of(NDArray array) {
        return IValue.from((PtNDArray) array);
    }

    static IValue of(List<NDArray> arrays) {
        return IValue.listFrom(arrays.toArray(PtNDArray[]::new));
    }

    private static ScriptedModule load() {
        Torch.start();
        try (var code = Script.class.getResourceAsStream("ops.torchscript")) {
            return ScriptedModule.load(
                    TorchScriptArchive.of("Ops", new String(code.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
