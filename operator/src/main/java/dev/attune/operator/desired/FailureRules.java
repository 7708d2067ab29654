package dev.attune.operator.desired;

import static dev.attune.protocol.ExitCode.INTERRUPTED;
import static dev.attune.protocol.ExitCode.INVALID;
import static dev.attune.protocol.ExitCode.OUT_OF_MEMORY;
import static dev.attune.protocol.ExitCode.UNAVAILABLE;

import dev.attune.protocol.ExitCode;
import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicy;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRule;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRuleBuilder;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The pod failure policy of a trainer's Job. Each rule fails the Job, which would fail anyway; what it adds is that the
 * Job's condition then names the rule, so that a trainer's end is known when its pod is long gone.
 */
public final class FailureRules {

    /** The first that matches wins: a wrong recipe stays wrong when its node was drained at the same time. */
    private static final List<Rule> RULES = List.of(
            exit(INVALID),
            exit(INTERRUPTED),
            new Rule(
                    INTERRUPTED,
                    new PodFailurePolicyRuleBuilder()
                            .withAction("FailJob")
                            .addNewOnPodCondition("True", "DisruptionTarget")
                            .build()),
            exit(UNAVAILABLE),
            exit(OUT_OF_MEMORY));

    private static final Pattern INDEX = Pattern.compile("rule at index (\\d+)");

    private FailureRules() {}

    private record Rule(ExitCode meaning, PodFailurePolicyRule rule) {}

    static PodFailurePolicy policy() {
        return new PodFailurePolicyBuilder()
                .withRules(RULES.stream().map(Rule::rule).toList())
                .build();
    }

    /** How a trainer ended, from the message of its Job's condition with reason PodFailurePolicy. */
    public static Optional<ExitCode> ending(String message) {
        var index = INDEX.matcher(message == null ? "" : message);
        return index.find()
                ? RULES.stream()
                        .skip(Integer.parseInt(index.group(1)))
                        .findFirst()
                        .map(Rule::meaning)
                : Optional.empty();
    }

    private static Rule exit(ExitCode exit) {
        return new Rule(
                exit,
                new PodFailurePolicyRuleBuilder()
                        .withAction("FailJob")
                        .withNewOnExitCodes()
                        .withContainerName(TrainerPod.CONTAINER)
                        .withOperator("In")
                        .withValues(exit.code())
                        .endOnExitCodes()
                        .build());
    }
}
