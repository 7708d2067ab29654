package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Footprint.Trained;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Architecture.Kind;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Network;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What methods share that learn tokens which no vocabulary has: PEFT calls them prompt learning. */
final class VirtualTokens {

    /** The name of what is learnt, in PEFT's file. */
    static final String WEIGHTS = "prompt_embeddings";

    /** PEFT doesn't wrap a model that it puts a prompt before, so that names are shorter by a part. */
    private static final String PREFIX = "base_model.";

    private VirtualTokens() {}

    /** The fields that each configuration begins with. */
    static ObjectNode config(Model model, String type, int length) {
        var config = Peft.config(model, type);
        config.put("num_virtual_tokens", length);
        config.put("num_layers", model.architecture().geometry().attentions().size());
        config.put("num_attention_heads", model.architecture().geometry().keyValueHeads());
        return config;
    }

    /**
     * A model with virtual tokens before its texts; the modules of its task are trained and kept with them.
     *
     * @param own what is trained
     * @param learnt what it comes to, as PEFT keeps it
     */
    static Adapted adapted(
            Model model, Network network, List<Trainable> own, ObjectNode config, Supplier<NDArray> learnt) {
        requireReader(model.architecture());
        var trainables = Peft.withHead(model, own, PREFIX);
        var files = new AdapterFiles(
                Map.of(Peft.WEIGHTS, () -> file(trainables.subList(own.size(), trainables.size()), learnt)),
                Map.of(AdapterFiles.CONFIG, config),
                (name, array) -> false);
        return new Adapted(network, network, trainables, Optional.of(files), () -> {
            throw new UnsupportedOperationException("virtual tokens can't be folded into weights");
        });
    }

    /** What they come to on a model of some shapes. */
    static Footprint footprint(Architecture architecture, List<Trained> own) {
        requireReader(architecture);
        return Footprint.ofAdapter(architecture, PREFIX, own, List.of());
    }

    private static void requireReader(Architecture architecture) {
        if (architecture.kind() == Kind.ENCODER_DECODER
                && !architecture.head().modules().isEmpty()) {
            throw TrainerFailure.invalidManifest(
                    "spec.method: transformers' %s reads no virtual tokens, so that they could be loaded nowhere: use lora, or write the answers with objective: {sequenceToSequence: {}}"
                            .formatted(architecture.head().modelClass()));
        }
    }

    private static Map<String, NDArray> file(List<Trainable> head, Supplier<NDArray> learnt) {
        var arrays = new LinkedHashMap<String, NDArray>();
        arrays.put(WEIGHTS, learnt.get());
        arrays.putAll(Trainable.byName(head));
        return arrays;
    }
}
