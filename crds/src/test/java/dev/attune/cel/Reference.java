package dev.attune.cel;

import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Map;
import java.util.Optional;

/** The CEL project's own implementation in Java, to compare with. */
public final class Reference {

    private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVar("self", SimpleType.DYN)
            .addVar("oldSelf", SimpleType.DYN)
            .build();
    private static final CelRuntime RUNTIME =
            CelRuntimeFactory.standardCelRuntimeBuilder().build();

    private Reference() {}

    /** The value of an expression; empty if it has none. */
    public static Optional<Object> value(String expression, Map<String, ?> variables) {
        try {
            return Optional.of(
                    RUNTIME.createProgram(COMPILER.compile(expression).getAst()).eval(variables));
        } catch (CelEvaluationException e) {
            return Optional.empty();
        } catch (CelValidationException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
