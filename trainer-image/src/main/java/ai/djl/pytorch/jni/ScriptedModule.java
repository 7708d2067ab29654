package ai.djl.pytorch.jni;

import ai.djl.Device;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/**
 * A TorchScript module whose methods take and give tensors with autograd. It stands in DJL's package because DJL's own
 * entry to a module runs {@code forward} alone, and the one to any method is package-private.
 */
public final class ScriptedModule {

    private final long handle;

    private ScriptedModule(long handle) {
        this.handle = handle;
    }

    /** Loads an archive as {@code torch.jit.save} writes it; the module lives as long as the process. */
    public static ScriptedModule load(byte[] archive) throws IOException {
        return new ScriptedModule(
                JniUtils.loadModuleHandle(new ByteArrayInputStream(archive), Device.cpu(), false, false));
    }

    /** Calls a method and frees the inputs' wrappers; the caller frees the output's. */
    public IValue call(String method, IValue... inputs) {
        var handles = new long[inputs.length];
        for (var i = 0; i < inputs.length; i++) {
            handles[i] = inputs[i].getHandle();
        }
        try {
            return new IValue(PyTorchLibrary.LIB.moduleRunMethod(handle, method, handles, true, false));
        } finally {
            for (var input : inputs) {
                input.close();
            }
        }
    }
}
