package dev.attune.trainer.method;

import dev.attune.schema.Suggestions;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Parameter.Role;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The layers that a method may adapt, by name as PEFT has it: a target is the whole name of a module, or the last parts of
 * it. Modules that belong to the task alone are trained in any case and can't be targets.
 *
 * @param all in the model's order
 * @param kind what a target may be, for people
 */
record Layers(List<Parameter> all, Architecture architecture, String kind) {

    /** Every linear layer but the output head. */
    static final String ALL_LINEAR = "all-linear";

    private static final Set<Role> LINEAR = EnumSet.of(Role.LINEAR, Role.CONV1D);

    static Layers linear(Architecture architecture) {
        return new Layers(having(architecture, LINEAR), architecture, "linear layer");
    }

    /** Embeddings as well; but of an encoder-decoder, whose embedding stands under several names in PEFT. */
    static Layers linearAndEmbeddings(Architecture architecture) {
        return architecture.kind() == Architecture.Kind.ENCODER_DECODER
                ? linear(architecture)
                : new Layers(
                        having(architecture, EnumSet.of(Role.LINEAR, Role.CONV1D, Role.EMBEDDING)),
                        architecture,
                        "linear layer or embedding");
    }

    private static List<Parameter> having(Architecture architecture, Set<Role> roles) {
        return architecture.parameters().stream()
                .filter(layer -> roles.contains(layer.role()))
                .filter(layer -> architecture.adaptable(layer) && !Peft.keeps(architecture, layer.module()))
                .toList();
    }

    /**
     * The layers that targets name, in the model's order.
     *
     * @param field where the targets are written, for people
     * @throws TrainerFailure when a target names none
     */
    List<Parameter> named(List<String> targets, String field) {
        targets.stream()
                .filter(target -> !target.equals(ALL_LINEAR) && all.stream().noneMatch(layer -> fits(target, layer)))
                .findFirst()
                .ifPresent(target -> {
                    var meant = Suggestions.didYouMean(target, lastParts());
                    throw TrainerFailure.invalidManifest("%s: no %s of the model is named %s%s There are %s"
                            .formatted(field, kind, target, meant.isEmpty() ? "." : meant, joined()));
                });
        return all.stream()
                .filter(layer -> targets.stream()
                        .anyMatch(target -> target.equals(ALL_LINEAR) ? isInside(layer) : fits(target, layer)))
                .toList();
    }

    /** The targets as PEFT loads them: layers by name where all were meant. */
    static List<String> names(List<String> targets, List<Parameter> layers) {
        return targets.contains(ALL_LINEAR)
                ? layers.stream().map(Parameter::module).toList()
                : targets;
    }

    /** Whether a target is the layer's name or its last parts. */
    static boolean fits(String target, Parameter layer) {
        return layer.module().equals(target) || layer.module().endsWith("." + target);
    }

    private boolean isInside(Parameter layer) {
        return LINEAR.contains(layer.role())
                && !layer.module().equals(architecture.head().last());
    }

    private List<String> lastParts() {
        return all.stream()
                .map(layer -> layer.module().substring(layer.module().lastIndexOf('.') + 1))
                .distinct()
                .toList();
    }

    private String joined() {
        return lastParts().stream().collect(Collectors.joining(", "));
    }
}
