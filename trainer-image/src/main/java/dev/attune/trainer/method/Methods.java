package dev.attune.trainer.method;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Model;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The registry: from a manifest's {@code method}, or an adapter's folder, to the method. */
public final class Methods {

    private static final List<Entry<?>> ALL = List.of(
            Entry.ofWholeModel(dev.attune.api.Method::full, Full::of),
            Entry.ofWholeModel(dev.attune.api.Method::linearProbe, spec -> new LinearProbe()),
            Entry.ofWholeModel(dev.attune.api.Method::head, spec -> new TopLayers(spec.unfreezeLayers())),
            new Entry<>(dev.attune.api.Method::lora, Lora::of, Lora.TYPE, Lora::read),
            new Entry<>(dev.attune.api.Method::ia3, (spec, folders) -> Ia3.of(spec), Ia3.TYPE, Ia3::read),
            new Entry<>(dev.attune.api.Method::vera, (spec, folders) -> Vera.of(spec), Vera.TYPE, Vera::read),
            new Entry<>(
                    dev.attune.api.Method::promptTuning,
                    (spec, folders) -> PromptTuning.of(spec),
                    PromptTuning.TYPE,
                    (folder, config) -> PromptTuning.of(config)),
            new Entry<>(
                    dev.attune.api.Method::prefixTuning,
                    (spec, folders) -> PrefixTuning.of(spec),
                    PrefixTuning.TYPE,
                    (folder, config) -> PrefixTuning.of(config)),
            new Entry<>(
                    dev.attune.api.Method::adapter,
                    (spec, folders) -> Bottleneck.of(spec),
                    Bottleneck.TYPE,
                    Bottleneck::of));

    /**
     * A method.
     *
     * @param member of a manifest that sets it; {@code null} where another one does
     * @param make from that member, and from what finds the folder of a URI
     * @param type what an adapter's configuration calls it; empty: there are none
     * @param read from an adapter's folder and its configuration
     */
    private record Entry<S>(
            Function<dev.attune.api.Method, S> member,
            BiFunction<S, Function<String, Path>, Method> make,
            String type,
            BiFunction<Path, JsonNode, Method> read) {

        /** One whose result is a whole model. */
        static <S> Entry<S> ofWholeModel(Function<dev.attune.api.Method, S> member, Function<S, Method> make) {
            return new Entry<>(member, (spec, folders) -> make.apply(spec), "", (folder, config) -> {
                throw new IllegalStateException("it has no adapters");
            });
        }

        Optional<Method> of(dev.attune.api.Method spec, Function<String, Path> folders) {
            return Optional.ofNullable(member.apply(spec)).map(own -> make.apply(own, folders));
        }
    }

    private Methods() {}

    /**
     * The method that a manifest sets.
     *
     * @param folders from the URI of an adapter to go on from to its folder
     */
    public static Method of(dev.attune.api.Method spec, Function<String, Path> folders) {
        return ALL.stream()
                .flatMap(entry -> entry.of(spec, folders).stream())
                .findFirst()
                .orElseThrow();
    }

    /** The model that the adapter in a folder was trained on, as a URI. */
    public static String base(Path folder) {
        var config = AdapterFiles.config(folder);
        return config.path("base_model_name_or_path")
                .asText(config.path("model_name").asText());
    }

    /** The method that made the adapter in a folder, which PEFT or this trainer saved; an unknown one is refused. */
    public static Method of(Path folder) {
        var config = AdapterFiles.config(folder);
        var type = Bottleneck.made(config)
                ? Bottleneck.TYPE
                : config.path("peft_type").asText();
        return ALL.stream()
                .filter(entry -> entry.type().equals(type))
                .findFirst()
                .map(entry -> entry.read().apply(folder, config))
                .orElseThrow(() -> TrainerFailure.invalidModel("%s: peft_type %s is not implemented; known: %s"
                        .formatted(
                                folder,
                                type,
                                ALL.stream()
                                        .map(Entry::type)
                                        .filter(known -> !known.isEmpty())
                                        .collect(Collectors.joining(", ")))));
    }

    /** The model with the adapter of a folder. */
    public static Adapted load(Model model, Path folder) {
        var method = of(folder);
        Peft.requireHead(folder, model);
        var adapted = method.adapt(model, 0);
        adapted.load(folder);
        return adapted;
    }
}
