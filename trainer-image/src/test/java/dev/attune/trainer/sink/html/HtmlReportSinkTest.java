package dev.attune.trainer.sink.html;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Evaluated;
import dev.attune.trainer.event.Event.Generated;
import dev.attune.trainer.event.Event.Interrupted;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.event.Event.Warned;
import dev.attune.trainer.sink.ManualClock;
import dev.attune.trainer.sink.Runs;
import dev.attune.trainer.sink.card.Recipe;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportSinkTest {

    private static final Recipe RECIPE = new Recipe(
            "pvc://models/smollm2-135m-instruct",
            "LoRA",
            "rank 8, alpha 16, targets q_proj v_proj",
            "instruction tuning",
            List.of("pvc://datasets/support/train.jsonl", "configmap://faq/faq.jsonl"),
            "5% of the training data, held out",
            false,
            "method:\n  lora:\n    rank: 8\n    alpha: 16.0");

    @TempDir
    Path folder;

    @Test
    void aRunThatSucceededIsTold() throws IOException {
        assertThat(page(Runs.succeeded()))
                .contains(
                        "support-tone",
                        "Succeeded",
                        "pvc://models/smollm2-135m-instruct",
                        "rank 8, alpha 16",
                        "4,000 training examples (400K tokens), 200 evaluation examples",
                        "134.5M, of which 460.8K trained (0.34%)",
                        "2.450",
                        "1.904",
                        "−0.546",
                        "Where is my order?",
                        "I am a language model.",
                        "What is your order number?",
                        "pvc://work/support-tone/step-600",
                        "1 November 2026, 12:00 UTC",
                        "sha256:9f2c");
    }

    @Test
    void aModelThatWritesNothingIsToldByItsMeasures() throws IOException {
        var events = Runs.succeeded();
        events.removeIf(event -> event instanceof Generated);
        events.add(4, new Evaluated(0, Map.of("accuracy", 0.6078)));
        events.add(events.size() - 2, new Evaluated(Runs.STEPS, Map.of("accuracy", 0.9804)));
        assertThat(page(events))
                .contains("<th>accuracy</th><td>0.6078</td><td>0.9804</td><td class=\"good\">+0.373</td>")
                .doesNotContain("What the model writes");
    }

    @Test
    void nothingIsLoadedFromElsewhere() throws IOException {
        assertThat(page(Runs.succeeded())).doesNotContainPattern("https?:|src=|<link|@import|url\\(");
    }

    @Test
    void whatTheModelWritesIsShownAndNotObeyed() throws IOException {
        var events = Runs.succeeded();
        events.add(4, new Generated(0, "<b>{job}</b>", "<script>alert(1)</script>"));
        assertThat(page(events))
                .doesNotContain("<script>", "<b>{job}")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;b&gt;{job}&lt;/b&gt;");
    }

    @Test
    void aContinuationOfNothingButSpaceSaysSo() throws IOException {
        var events = Runs.succeeded();
        events.add(4, new Generated(0, " Once", "\n\n\n"));
        assertThat(page(events)).contains("<p class=\"prompt\">Once</p>", "<p>(nothing)</p>");
    }

    @Test
    void aFailureIsToldWithWhatWasLearntUpToIt() throws IOException {
        assertThat(page(Runs.failed("the loss is NaN at step 250: lower training.learningRate")))
                .contains("Failed", "Diverged: the loss is NaN at step 250", "250 of 600", "<path class=\"losses\"");
    }

    @Test
    void aFailureBeforeTheFirstStepHasNoChart() throws IOException {
        var events = Runs.failed("no such file");
        assertThat(page(List.of(events.get(events.size() - 1))))
                .contains("no such file")
                .doesNotContain("<svg");
    }

    @Test
    void aLossThatIsNoNumberIsLeftOutOfTheChart() throws IOException {
        var events = new ArrayList<Event>(List.of(Runs.started(0, List.of()), Runs.step(1), Runs.step(2)));
        events.add(new Stepped(3, 0.1, 6_000, Double.NaN, 1e-4, Double.POSITIVE_INFINITY, 0.4));
        events.add(new Warned("step 3 was left out: its loss is no number"));
        events.add(new Interrupted(3));
        var page = page(events);
        assertThat(page).contains("Stopped", "Step 3 is saved", "step 3 was left out");
        assertThat(page.substring(page.indexOf("<svg"), page.lastIndexOf("</svg>")))
                .doesNotContain("NaN", "Infinity");
    }

    @Test
    void aResumedRunShowsTheWholeCourse() throws IOException {
        assertThat(page(Runs.resumed()))
                .contains("Training, 100%", "went on from", "step 400", "resumed", "step 200: evaluation loss 2.004");
    }

    @Test
    void itIsWellFormed() throws Exception {
        var page = page(Runs.succeeded())
                .replaceAll("<meta ([^>]*)>", "<meta $1/>")
                .replace("<!doctype html>", "");
        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(page.strip().getBytes(StandardCharsets.UTF_8)));
        assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(2);
        assertThat(document.getElementsByTagName("circle").getLength()).isEqualTo(8);
    }

    @Test
    void aRunThatNeverStartedLeavesAnEarlierPageAlone() throws IOException {
        page(Runs.succeeded());
        var events = Runs.failed("spec.output.to holds the result of another recipe");
        assertThat(page(List.of(events.get(events.size() - 1))))
                .contains("Succeeded")
                .doesNotContain("another recipe");
    }

    /** Left in the build folder, for whoever wants to see it. */
    @Test
    void thePageIsSmall() throws IOException {
        folder = Path.of("target", "report");
        assertThat(page(Runs.succeeded()).length()).isLessThan(100_000);
    }

    private String page(List<? extends Event> events) throws IOException {
        var file = folder.resolve("beside/report.html");
        try (var sink = new HtmlReportSink(file, RECIPE, new ManualClock())) {
            events.forEach(sink::accept);
        }
        assertThat(file.getParent().toFile().list()).containsExactly("report.html");
        return Files.readString(file);
    }
}
