package dev.attune.trainer.job;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.api.FineTuneJobStatus.Result;
import dev.attune.api.Output.Form;
import dev.attune.trainer.checkpoint.Digests;
import dev.attune.trainer.checkpoint.Manifest;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.method.AdapterFiles;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import dev.attune.trainer.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where the adapted model goes. The manifest comes last, and names what loads: equal recipes give equal digests.
 *
 * @param folder where it lies
 * @param uri the same place, as the manifest names it
 * @param recipe digest of what was trained on what
 */
record ResultFolder(Path folder, String uri, String recipe) {

    private static final List<String> TOKENIZER_FILES = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "vocab.txt",
            "tokenizer.model",
            "chat_template.jinja",
            "generation_config.json");

    /** Refuses to write where a model is read from, which would be lost. */
    static void requireApart(Path output, List<Path> read) {
        read.stream().filter(folder -> same(folder, output)).findFirst().ifPresent(folder -> {
            throw TrainerFailure.invalidManifest(
                    "spec.output.to: %s is the folder that the model is read from: name another folder"
                            .formatted(folder));
        });
    }

    private static boolean same(Path one, Path other) {
        try {
            return Files.exists(other) && Files.isSameFile(one, other);
        } catch (IOException e) {
            throw TrainerFailure.unavailable(
                    "spec.output.to: %s can't be read: %s".formatted(other, e.getMessage()), e);
        }
    }

    /** The result that is there already, whole and of this recipe; one of another recipe or form is never overwritten. */
    Optional<Result> existing(Form form) {
        var manifest = Manifest.read(folder);
        if (manifest.isEmpty()) {
            return Optional.empty();
        }
        if (!manifest.get().recipe().equals(recipe)) {
            throw TrainerFailure.invalidManifest(("spec.output.to: %s holds the result of another recipe (model, data,"
                            + " method or training differ): name another folder, or delete it")
                    .formatted(uri));
        }
        if (manifest.get().broken(folder).isPresent()) {
            return Optional.empty();
        }
        var there = manifest.get().files().containsKey(AdapterFiles.CONFIG) ? Form.ADAPTER : Form.MERGED;
        if (there != form) {
            throw TrainerFailure.invalidManifest(
                    "spec.output.to: %s holds this result in the form %s, not %s: name another folder, or delete it"
                            .formatted(uri, name(there), name(form)));
        }
        return Optional.of(result(form));
    }

    private static String name(Form form) {
        return form.name().toLowerCase(Locale.ROOT);
    }

    /** Writes the model with what was learnt folded in, or else the adapter, and seals it. */
    Result write(Model model, Tokenizer tokenizer, Adapted adapted, Optional<Merge> merge, int step) {
        try {
            var files = new TreeMap<String, Manifest.Entry>();
            for (var name : merge.isPresent()
                    ? merged(model, tokenizer, merge.get().weights())
                    : adapter(model, tokenizer, adapted)) {
                files.put(name, entry(name));
            }
            for (var name : TOKENIZER_FILES) {
                if (Files.exists(tokenizer.folder().resolve(name))) {
                    Files.copy(
                            tokenizer.folder().resolve(name),
                            folder.resolve(name),
                            StandardCopyOption.REPLACE_EXISTING);
                    files.put(name, entry(name));
                }
            }
            new Manifest(recipe, step, null, files).write(folder);
            return result(merge.isPresent() ? Form.MERGED : Form.ADAPTER);
        } catch (IOException e) {
            throw TrainerFailure.unwritable("spec.output.to: the result can't be written to " + uri, e);
        }
    }

    /** An adapter with a head of its own tells what the head says, which the base model's configuration doesn't. */
    private List<String> adapter(Model model, Tokenizer tokenizer, Adapted adapted) throws IOException {
        var written = new ArrayList<>(adapted.adapter().orElseThrow().write(folder));
        if (!model.architecture().head().modules().isEmpty()) {
            configure(model, tokenizer);
            written.add(ModelFolder.CONFIG);
        }
        return written;
    }

    private List<String> merged(Model model, Tokenizer tokenizer, Map<String, NDArray> weights) throws IOException {
        SafetensorsWriter.write(folder.resolve(ModelFolder.WEIGHTS), weights);
        configure(model, tokenizer);
        return List.of(ModelFolder.WEIGHTS, ModelFolder.CONFIG);
    }

    private void configure(Model model, Tokenizer tokenizer) throws IOException {
        var config = model.config().json().deepCopy();
        config.remove(List.of("torch_dtype", "dtype"));
        config.putArray("architectures").add(model.architecture().head().modelClass());
        config.put(model.config().json().has("dtype") ? "dtype" : "torch_dtype", "float32");
        model.task().describe(config);
        if (model.task().kind() != Task.Kind.LANGUAGE_MODELING && !config.hasNonNull("pad_token_id")) {
            // Without it, transformers finds no last token in a batch of texts.
            tokenizer.filling().ifPresent(id -> config.put("pad_token_id", id));
        }
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve(ModelFolder.CONFIG).toFile(), config);
    }

    private Manifest.Entry entry(String name) throws IOException {
        return new Manifest.Entry(Digests.of(folder.resolve(name)), Files.size(folder.resolve(name)));
    }

    private Result result(Form form) {
        try {
            return new Result(uri, form, Digests.of(folder.resolve(Manifest.FILE)));
        } catch (IOException e) {
            throw TrainerFailure.unavailable("spec.output.to: %s can't be read: %s".formatted(uri, e.getMessage()), e);
        }
    }
}
