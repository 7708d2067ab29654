package dev.attune.schema;

import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Evaluates the CEL of validation rules. */
final class Expressions {

    /** An expression that has no value, for example because a field is missing. */
    static final class Failure extends Exception {
        private static final long serialVersionUID = 1;

        Failure(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }

    private final CelCompiler compiler = CelCompilerFactory.standardCelCompilerBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVar("self", SimpleType.DYN)
            .addVar("oldSelf", SimpleType.DYN)
            .build();
    private final CelRuntime runtime =
            CelRuntimeFactory.standardCelRuntimeBuilder().build();
    private final Map<String, CelRuntime.Program> programs = new HashMap<>();

    /** Whether an expression names a variable. */
    boolean reads(String expression, String variable) {
        return Pattern.compile("\\b" + variable + "\\b").matcher(expression).find();
    }

    /** Whether an expression holds. */
    synchronized boolean evaluate(String expression, Map<String, Object> variables) throws Failure {
        try {
            return Boolean.TRUE.equals(
                    programs.computeIfAbsent(expression, this::program).eval(variables));
        } catch (CelEvaluationException e) {
            throw new Failure(e);
        }
    }

    private CelRuntime.Program program(String expression) {
        try {
            return runtime.createProgram(compiler.compile(expression).getAst());
        } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalArgumentException("no CEL: " + expression + ": " + e.getMessage(), e);
        }
    }
}
