package dev.attune.operator.decide;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobStatus.Checkpoint;
import dev.attune.api.FineTuneJobStatus.Phase;
import dev.attune.api.FineTuneJobStatus.Result;
import dev.attune.api.Method;
import dev.attune.api.Output;
import dev.attune.operator.condition.Conditions;
import dev.attune.operator.decide.Resolution.Hopeless;
import dev.attune.operator.decide.Resolution.Waiting;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What one job has to give to another. */
sealed interface Product {

    /**
     * It is there.
     *
     * @param adapter whether it is an adapter, which is nothing without the model it adapts
     */
    record Available(String uri, boolean adapter) implements Product {}

    /** It isn't. */
    record Unavailable(Resolution why) implements Product {}

    /** What {@code from}, a {@code job://name[/rest]}, means where {@code other} has that name. */
    static Product of(FineTuneJob other, String from, String rest) {
        return rest.isEmpty() ? result(other, from) : checkpoint(other, from, rest);
    }

    private static Product result(FineTuneJob other, String from) {
        var status = other.getStatus();
        if (Conditions.isTrue(status, Conditions.FAILED)) {
            var why = Conditions.find(status, Conditions.FAILED).map(Condition::getMessage);
            return hopeless(
                    from + " failed: " + why.orElse("") + "; create a job with another name once it has succeeded");
        }
        if (!Conditions.isTrue(status, Conditions.COMPLETE)) {
            return waiting(other, from);
        }
        var spec = other.getSpec();
        var result = Optional.ofNullable(status.result());
        var form = result.map(Result::form)
                .or(() -> Optional.ofNullable(spec.output().form()));
        return new Available(
                result.map(Result::uri).orElse(spec.output().to()),
                form.map(Output.Form.ADAPTER::equals).orElse(hasAdapter(spec.method())));
    }

    private static Product checkpoint(FineTuneJob other, String from, String step) {
        var status = other.getStatus();
        var kept = status == null || status.checkpoints() == null ? List.<Checkpoint>of() : status.checkpoints();
        var wanted =
                kept.stream().filter(one -> step.equals("step-" + one.step())).findFirst();
        if (wanted.isPresent()) {
            return new Available(wanted.get().uri(), hasAdapter(other.getSpec().method()));
        }
        if (Standing.finished(status).isPresent()) {
            var names = kept.stream().map(one -> "step-" + one.step()).collect(Collectors.joining(", "));
            return hopeless(from + " isn't among the checkpoints that it kept: " + (names.isEmpty() ? "none" : names)
                    + "; create a job with one of them");
        }
        return waiting(other, from);
    }

    /** Whether a method learns something apart from the model; the others change the model itself. */
    private static boolean hasAdapter(Method method) {
        return method.full() == null && method.linearProbe() == null && method.head() == null;
    }

    private static Product hopeless(String message) {
        return new Unavailable(new Hopeless("DependencyFailed", message));
    }

    private static Product waiting(FineTuneJob other, String from) {
        var phase = other.getStatus() == null || other.getStatus().phase() == null
                ? Phase.Pending
                : other.getStatus().phase();
        return new Unavailable(
                new Waiting("WaitingForDependency", "waiting for " + from + ", which is " + phase, Waiting.WATCHED));
    }
}
