package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.api.Method.Full;
import dev.attune.api.Method.Lora;
import dev.attune.trainer.estimate.Choice;
import dev.attune.trainer.estimate.Choice.Other;
import dev.attune.trainer.estimate.Moments;
import dev.attune.trainer.estimate.Outline;
import dev.attune.trainer.estimate.Room;
import dev.attune.trainer.method.Method;
import dev.attune.trainer.method.Methods;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.arch.Architectures;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForecastTest {

    private static final Path MODEL = Path.of("src/test/resources/fixtures/models/llama-tiny");
    private static final long LITTLE = 1 << 20;

    @Test
    void whereThereIsEnoughNothingIsSaid() {
        assertThat(forecast(8L << 30).warning()).isEmpty();
    }

    @Test
    void figuresAreQuantities() {
        var told = forecast(8L << 30).told();

        assertThat(told.memory()).isEqualTo("8192Mi");
        assertThat(told.peakMemory()).matches("[0-9]+Mi");
        assertThat(told.checkpointSize()).matches("[0-9]+Mi");
        assertThat(told.advice()).isNull();
    }

    @Test
    void whereThereIsLessItIsToldWhatToWrite() {
        var peak = choice().estimate().memory().peak();

        assertThat(forecast(peak - LITTLE).warning().orElseThrow())
                .startsWith("the run may end without memory: by estimate it takes ")
                .contains("and this machine has " + Room.quantity(peak - LITTLE) + ": write spec.training.")
                .contains("spec.training.microBatchSize: ")
                .contains("spec.method: {lora: {}} (")
                .endsWith(", or give the trainer more")
                .endsWith(forecast(peak - LITTLE).told().advice());
    }

    @Test
    void whereNothingThatCanBeWrittenIsEnoughNothingIsProposed() {
        assertThat(forecast(LITTLE).warning().orElseThrow()).endsWith("give the trainer more, or take a smaller model");
    }

    private static Forecast forecast(long bytes) {
        return Forecast.of(choice(), new Room(bytes, "this machine"));
    }

    private static Choice choice() {
        var architecture = ModelFolder.architecture(MODEL, Task.LANGUAGE_MODELING, Architectures::of);
        return new Choice(
                new Outline("llama", architecture, Task.LANGUAGE_MODELING, true, 0, Outline.Texts.UNREAD, 0),
                method(new Full(null), null),
                new Outline.Training(64, 64, 64, false, false, Moments.ADAMW),
                List.of(new Other(
                        "spec.method",
                        "{lora: {}}",
                        method(null, new Lora(null, null, 0.0, null, null, null, null, null, null)))));
    }

    private static Method method(Full full, Lora lora) {
        return Methods.of(new dev.attune.api.Method(full, lora, null, null, null, null, null, null, null), Path::of);
    }
}
