package dev.attune.trainer.cli;

import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.job.Answer;
import dev.attune.trainer.place.Places;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a result computes, for {@code fixtures/check_result.py} to hold against PEFT and transformers. */
@Command(name = "logits", description = "Writes the logits of a text.", hidden = true, mixinStandardHelpOptions = true)
final class Logits implements Callable<Integer> {

    @Option(names = "--model", required = true, paramLabel = "URI", description = "A model's or an adapter's folder.")
    private String model;

    @Option(names = "--volumes", paramLabel = "DIR", defaultValue = "volumes", description = "As of run.")
    private Path volumes;

    @Option(names = "--text", required = true, description = "What the model reads.")
    private String text;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The safetensors file to write.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        try {
            Answer.write(new Places(volumes.toAbsolutePath(), volumes.toAbsolutePath()), model, text, out);
            return 0;
        } catch (TrainerFailure e) {
            System.err.println(e.getMessage());
            return e.exit().code();
        }
    }
}
