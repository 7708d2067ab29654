package dev.attune.trainer.estimate;

import dev.attune.trainer.estimate.Family.Part;
import dev.attune.trainer.estimate.Workload.Numbers;
import dev.attune.trainer.method.Footprint;
import dev.attune.trainer.method.Footprint.Addition;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Parameter.Role;
import java.util.List;
import java.util.function.Predicate;

/**
 * The weights of one layer by what they are for.
 *
 * @param own the layer's weights
 * @param half whether what is multiplied is made of 16 bits for each linear layer anew
 */
record Parts(Family family, List<Parameter> own, Footprint footprint, boolean half) {

    private List<Parameter> of(Part part) {
        return own.stream()
                .filter(parameter -> part == Part.NORM ? parameter.role() == Role.NORM : parameter.isLinear())
                .filter(parameter -> family.part(parameter.module()) == part)
                .toList();
    }

    /** How many linear layers there are for something. */
    int count(Part part) {
        return of(part).size();
    }

    /** How wide is what they read. */
    long in(Part part) {
        return of(part).get(0).in();
    }

    /** How wide is what they give, one beside the other. */
    long out(Part part) {
        return of(part).stream().mapToLong(Parameter::out).sum();
    }

    /** Numbers that an attention makes of queries, keys and values, for each token. */
    double attention() {
        return family.attention() * in(Part.WRITING);
    }

    /** Numbers of the linear layers that are meant, by which a token is multiplied. */
    long matrices(Predicate<Parameter> meant) {
        return own.stream()
                .filter(Parameter::isLinear)
                .filter(meant)
                .mapToLong(parameter -> parameter.shape().size())
                .sum();
    }

    /** What is kept because a weight that reads it is trained, or something beside it that reads it too. */
    Numbers learnt() {
        return read(Part.NORM).plus(read(Part.READING)).plus(read(Part.UP)).plus(read(Part.DOWN));
    }

    private Numbers read(Part part) {
        var keeping = of(part).stream().filter(this::keeps).toList();
        if (keeping.isEmpty()) {
            return new Numbers(0, 0);
        }
        if (part == Part.NORM) {
            var width = keeping.get(0).shape().size();
            return new Numbers(keeping.size() * width, 0);
        }
        return new Numbers(0, (half ? keeping.size() : 1) * in(part));
    }

    private boolean keeps(Parameter parameter) {
        return footprint.own().contains(parameter.name())
                || footprint.additions().stream()
                        .filter(Addition::input)
                        .anyMatch(addition -> addition.module().equals(parameter.module()));
    }
}
