package dev.attune.trainer.job;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.objective.WholeText;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/** What a result computes for a text, as numbers that another implementation can be held against. */
public final class Answer {

    private Answer() {}

    /**
     * Writes {@code input_ids} int64 {@code [1, length]}, {@code attention_mask} of the same shape, and {@code logits}
     * fp32: {@code [1, length, outputs]}, or of a task that reads the text as a whole {@code [1, outputs]}.
     *
     * @param uri a model's or an adapter's folder
     */
    public static void write(Places places, String uri, String text, Path file) throws IOException {
        var start = StartingModel.load(places, uri, StartingModel.task(places, uri), 0);
        var architecture = start.model().architecture();
        try (var tokenizer = Tokenizer.read(start.tokenizer());
                var scope = Scope.withoutGradients()) {
            var ids = tokenizer.encodeWithSpecials(text);
            var input = Torch.array(IntStream.of(ids).asLongStream().toArray(), new Shape(1, ids.length));
            var network = start.network();
            var states = switch (start.model().task().kind()) {
                case LANGUAGE_MODELING, QUESTION_ANSWERING ->
                    architecture.hidden(network, Tokens.of(input, 0)).get(":, %d:".formatted(network.virtualTokens()));
                case CLASSIFICATION, TAGGING, REGRESSION ->
                    WholeText.rows(architecture, network, Batch.of(List.of(Example.of(ids, new int[0])), 0));
            };
            var arrays = new LinkedHashMap<String, NDArray>();
            arrays.put("input_ids", input);
            arrays.put("attention_mask", input.onesLike());
            arrays.put("logits", architecture.outputs(network, states));
            SafetensorsWriter.write(file, arrays);
        }
    }
}
