package dev.attune.trainer.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands beside weights, or beside an adapter, so that they load: the configuration and the tokenizer's files. Of what
 * they write, its methods give the names.
 */
record Companions(Model model, Tokenizer tokenizer) {

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

    /** Of a whole model. */
    List<String> ofModel(Path folder) throws IOException {
        configure(folder);
        var written = tokenizerFiles(folder);
        written.add(ModelFolder.CONFIG);
        return written;
    }

    /** Of an adapter; one with a head of its own tells what the head says, which the base model's configuration doesn't. */
    List<String> ofAdapter(Path folder) throws IOException {
        return model.architecture().head().modules().isEmpty() ? tokenizerFiles(folder) : ofModel(folder);
    }

    private List<String> tokenizerFiles(Path folder) throws IOException {
        var written = new ArrayList<String>();
        for (var name : TOKENIZER_FILES) {
            var file = tokenizer.folder().resolve(name);
            if (Files.exists(file)) {
                Files.copy(file, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                written.add(name);
            }
        }
        return written;
    }

    private void configure(Path folder) throws IOException {
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
}
