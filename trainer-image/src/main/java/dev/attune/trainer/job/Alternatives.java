package dev.attune.trainer.job;

import dev.attune.api.Method;
import dev.attune.api.Method.Lora;
import dev.attune.api.Method.Lora.Quantization;
import dev.attune.trainer.estimate.Choice.Other;
import java.util.List;
import java.util.function.Function;

/** Methods that take less memory than the one of a manifest, for about the same. */
final class Alternatives {

    private Alternatives() {}

    /**
     * To a method.
     *
     * @param made what trains by it
     */
    static List<Other> to(Method method, Function<Method, dev.attune.trainer.method.Method> made) {
        if (method.full() != null) {
            var usual = new Lora(null, null, 0.0, null, null, null, null, null, null);
            return List.of(new Other("spec.method", "{lora: {}}", made.apply(of(usual))));
        }
        var lora = method.lora();
        if (lora == null || lora.quantization() != null) {
            return List.of();
        }
        return List.of(new Other("spec.method.lora.quantization", "nf4", made.apply(of(coded(lora)))));
    }

    private static Lora coded(Lora lora) {
        return new Lora(
                lora.rank(),
                lora.alpha(),
                lora.dropout(),
                lora.targets(),
                lora.variant(),
                lora.rankPattern(),
                lora.alphaPattern(),
                lora.initialFrom(),
                Quantization.NF4);
    }

    private static Method of(Lora lora) {
        return new Method(null, lora, null, null, null, null, null, null, null);
    }
}
