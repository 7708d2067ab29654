package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;

/** Reads a model from a folder in Hugging Face's layout, and checks every tensor against its architecture. */
public final class ModelFolder {

    /** The configuration's file. */
    public static final String CONFIG = "config.json";

    /** The weights' file, where there is one alone. */
    public static final String WEIGHTS = "model.safetensors";

    private static final String INDEX = "model.safetensors.index.json";

    /** Names of matrices that give a token's score from a hidden state. */
    private static final Set<String> OUTPUTS = Set.of(
            "lm_head.weight",
            "embed_out.weight",
            "cls.predictions.decoder.weight",
            "lm_head.decoder.weight",
            "vocab_projector.weight");

    private static final ObjectMapper JSON = new ObjectMapper();

    private ModelFolder() {}

    /** How weights come into memory. */
    public enum Reading {
        /** With their file behind them until they change: none is read that isn't used. */
        MAPPED,
        /** Into memory of their own, which may be what others gave back. */
        COPIED
    }

    /** Reads {@code config.json}. */
    public static Config config(Path folder) {
        var path = folder.resolve(CONFIG);
        if (!Files.isRegularFile(path)) {
            throw TrainerFailure.invalidModel(
                    "%s has no %s: a folder in Hugging Face's layout is needed".formatted(folder, CONFIG));
        }
        return new Config(path.toString(), json(path));
    }

    /**
     * Reads a model's weights; those of the task's head that the file lacks are drawn from the seed.
     *
     * @param kind how weights of linear layers are kept, each as soon as it is read, so that the model never stands in
     *     memory as a whole; empty: all in fp32
     * @param reading of those that aren't
     * @param architectures from a configuration and a task to the mathematics
     */
    public static Model load(
            String source,
            Path folder,
            Task task,
            long seed,
            Optional<Quantization> kind,
            Reading reading,
            BiFunction<Config, Task, Architecture> architectures) {
        var config = config(folder);
        var configured = architectures.apply(config, task);
        var places = tensors(folder, configured);
        var architecture = configured.holding(Set.copyOf(places.keySet()));
        return new Model(
                source, folder, config, task, architecture, weights(folder, places, architecture, seed, kind, reading));
    }

    /** The same, all in fp32. */
    public static Model load(
            String source, Path folder, Task task, long seed, BiFunction<Config, Task, Architecture> architectures) {
        return load(source, folder, task, seed, Optional.empty(), Reading.MAPPED, architectures);
    }

    /** The architecture of a folder, held against the names and shapes of its tensors; none of them is read. */
    public static Architecture architecture(
            Path folder, Task task, BiFunction<Config, Task, Architecture> architectures) {
        var configured = architectures.apply(config(folder), task);
        var places = tensors(folder, configured);
        var architecture = configured.holding(Set.copyOf(places.keySet()));
        architecture.parameters().forEach(parameter -> place(folder, places, architecture, parameter));
        return architecture;
    }

    /** Whether the folder holds weights; one that doesn't is an architecture to be trained from nothing. */
    public static boolean hasWeights(Path folder) {
        return Files.exists(folder.resolve(WEIGHTS)) || Files.exists(folder.resolve(INDEX));
    }

    private static Map<String, NDArray> weights(
            Path folder,
            Map<String, TensorPlace> places,
            Architecture architecture,
            long seed,
            Optional<Quantization> kind,
            Reading reading) {
        var weights = new LinkedHashMap<String, NDArray>();
        var random = new Random(seed);
        for (var parameter : architecture.parameters()) {
            var place = place(folder, places, architecture, parameter);
            places.remove(parameter.name());
            if (place.isEmpty()) {
                weights.put(
                        parameter.name(),
                        FreshWeights.draw(parameter, architecture.initializerRange(parameter), random));
                continue;
            }
            var replaced = kind.isPresent() && Quantization.replaces(architecture, parameter);
            weights.put(parameter.name(), floats(place.get(), replaced ? Reading.COPIED : reading));
            kind.ifPresent(codes -> codes.replace(weights, architecture, parameter));
        }
        for (var left : places.entrySet()) {
            requireTied(architecture, left.getKey(), left.getValue(), weights);
            if (!architecture.ignores(left.getKey())) {
                throw TrainerFailure.invalidModel("%s: tensor %s has no place in this architecture"
                        .formatted(
                                left.getValue().file().path(), left.getValue().name()));
            }
        }
        return weights;
    }

    /** What is mapped stays so until Java collects it, and of what becomes codes nothing is to stay. */
    private static NDArray floats(TensorPlace place, Reading reading) {
        return switch (reading) {
            case MAPPED -> place.file().floats(place.name());
            case COPIED -> place.file().ownFloats(place.name());
        };
    }

    /** Where a weight lies, in the shape that it must have; empty: it is the head's, and has to be drawn. */
    private static Optional<TensorPlace> place(
            Path folder, Map<String, TensorPlace> places, Architecture architecture, Parameter parameter) {
        var place = places.get(parameter.name());
        if (place == null && architecture.head().parameters().contains(parameter)) {
            return Optional.empty();
        }
        if (place == null) {
            throw TrainerFailure.invalidModel("%s: tensor %s is missing".formatted(folder, parameter.name()));
        }
        var shape = place.file().shape(place.name());
        if (!shape.equals(parameter.shape())) {
            throw TrainerFailure.invalidModel("%s: tensor %s has shape %s where %s asks for %s"
                    .formatted(place.file().path(), place.name(), shape, CONFIG, parameter.shape()));
        }
        return Optional.of(place);
    }

    /** A head that a file has of its own, though its configuration says that the embedding serves as one, may be a copy alone. */
    private static void requireTied(
            Architecture architecture, String name, TensorPlace place, Map<String, NDArray> weights) {
        var embedding = architecture.head().last() + ".weight";
        if (!OUTPUTS.contains(name)
                || !weights.containsKey(embedding)
                || !place.file()
                        .shape(place.name())
                        .equals(weights.get(embedding).getShape())) {
            return;
        }
        try (var scope = Scope.withoutGradients()) {
            if (!place.file().floats(place.name()).contentEquals(weights.get(embedding))) {
                throw TrainerFailure.invalidModel(
                        "%s: tensor %s differs from %s, which serves in its place where %s says that both are tied: remove the one, or set tie_word_embeddings to false"
                                .formatted(place.file().path(), place.name(), embedding, CONFIG));
            }
        }
    }

    private record TensorPlace(SafetensorsFile file, String name) {}

    private static Map<String, TensorPlace> tensors(Path folder, Architecture architecture) {
        var tensors = new HashMap<String, TensorPlace>();
        for (var file : files(folder)) {
            var open = SafetensorsFile.open(file);
            open.names().forEach(name -> tensors.put(architecture.canonical(name), new TensorPlace(open, name)));
        }
        return tensors;
    }

    private static Iterable<Path> files(Path folder) {
        if (Files.exists(folder.resolve(WEIGHTS))) {
            return List.of(folder.resolve(WEIGHTS));
        }
        var index = folder.resolve(INDEX);
        if (!Files.exists(index)) {
            throw TrainerFailure.invalidModel(
                    "%s has neither %s nor %s: convert the weights to safetensors".formatted(folder, WEIGHTS, INDEX));
        }
        var files = new LinkedHashSet<Path>();
        json(index).path("weight_map").forEach(file -> files.add(folder.resolve(file.asText())));
        for (var file : files) {
            if (!Files.exists(file)) {
                throw TrainerFailure.invalidModel(
                        "%s names %s, which is missing: copy it again".formatted(index, file.getFileName()));
            }
        }
        return files;
    }

    private static ObjectNode json(Path path) {
        try {
            JsonNode node = JSON.readTree(path.toFile());
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw TrainerFailure.invalidModel(path + ": a JSON object is needed");
        } catch (JsonProcessingException e) {
            throw TrainerFailure.invalidModel(path + " is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw TrainerFailure.unavailable(path + " can't be read: " + e.getMessage(), e);
        }
    }
}
