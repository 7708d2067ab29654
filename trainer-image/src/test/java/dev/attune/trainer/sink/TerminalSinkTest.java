package dev.attune.trainer.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.api.FineTuneJobStatus.Result;
import dev.attune.api.Output;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.AlreadyDone;
import dev.attune.trainer.event.Event.Generated;
import dev.attune.trainer.event.Event.Interrupted;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.event.Event.Warned;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalSinkTest {

    private static final String ESCAPE = "\u001b";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ManualClock clock = new ManualClock();

    @Test
    void withoutATerminalARunIsPlainLines() {
        play(false, false, Runs.succeeded());
        assertThat(output()).isEqualTo("""
                · loading pvc://models/smollm2
                · 4,000 training examples (400K tokens), 200 evaluation examples
                · 1409Mi of memory by estimate, of 4096Mi
                support-tone  attune 0.1.0 on cpu: Xeon, 2 threads
                  134.5M parameters, 460.8K of them (0.34%) trained
                  600 steps, 3 epochs
                ◆ step   0  loss 2.450  perplexity 11.59
                  step   1/600  loss 2.4771  lr 1.1e-5  5,000 tok/s  4m00s left
                  step  60/600  loss 2.1400  lr 2.0e-4  5,000 tok/s  3m36s left
                  step 120/600  loss 1.9458  lr 1.9e-4  5,000 tok/s  3m12s left
                  step 180/600  loss 1.8316  lr 1.6e-4  5,000 tok/s  2m48s left
                ◆ step 200  loss 2.004 (−0.446)  perplexity 7.418 (−4.17)
                ✓ step 200  saved pvc://work/support-tone/step-200  2Mi
                  step 240/600  loss 1.7935  lr 1.4e-4  5,000 tok/s  2m24s left
                  step 300/600  loss 1.8204  lr 1.0e-4  5,000 tok/s  2m00s left
                  step 360/600  loss 1.8589  lr 7.3e-5  5,000 tok/s  1m36s left
                ◆ step 400  loss 1.920 (−0.530)  perplexity 6.818 (−4.77)
                ✓ step 400  saved pvc://work/support-tone/step-400  2Mi
                  step 420/600  loss 1.8556  lr 4.4e-5  5,000 tok/s  1m12s left
                  step 480/600  loss 1.8119  lr 2.0e-5  5,000 tok/s  48s left
                  step 540/600  loss 1.7750  lr 5.2e-6  5,000 tok/s  24s left
                  step 600/600  loss 1.7766  lr 0       5,000 tok/s
                ◆ step 600  loss 1.904 (−0.546)  perplexity 6.711 (−4.88)
                ✓ step 600  saved pvc://work/support-tone/step-600  2Mi
                ✓ done in 4m00s  600 steps, 1,200,000 tokens

                                  before       after
                  loss             2.450       1.904  −0.546
                  perplexity       11.59       6.711  −4.88

                  prompt      Where is my order?
                  before      I am a language model.
                              I am a language model.
                  after       Let me look that up for you. What is your order number?

                  result      pvc://models/support-tone
                              adapter, sha256:9f2c
                """);
    }

    @Test
    void onATerminalTheStepIsRewrittenInPlace() {
        play(true, true, Runs.succeeded().subList(0, 62));
        var frames = output().split("\\r" + ESCAPE + "\\[2K");
        assertThat(frames[frames.length - 1])
                .contains("55/600", "9%", "tok/s", "3m38s")
                .doesNotContain("\n");
    }

    @Test
    void aFrameIsNoWiderThanATerminal() {
        play(true, false, Runs.succeeded());
        assertThat(output().replaceAll(ESCAPE + "\\[[?0-9]*[a-zA-Z]", "").split("[\\r\\n]"))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(Screen.WIDTH));
    }

    @Test
    void coloursNeedATerminalThatWantsThem() {
        play(true, false, Runs.succeeded());
        assertThat(output()).doesNotContain(ESCAPE + "[3").doesNotContain(ESCAPE + "[1m");
    }

    @Test
    void aPipeGetsNoControlCharacters() {
        var events = new ArrayList<Event>(List.of(Runs.started(0, List.of())));
        events.add(new Generated(0, "Hello", ESCAPE + "[31mred\u0007\b"));
        events.add(Runs.succeeded().get(Runs.succeeded().size() - 1));
        play(false, false, events);
        assertThat(output().replace("\n", ""))
                .doesNotContainPattern("\\p{Cntrl}")
                .contains("red");
    }

    @Test
    void theOtherEndsAreTold() {
        play(false, false, Runs.failed("the loss is NaN at step 250: lower training.learningRate"));
        assertThat(output()).endsWith("✗ Diverged: the loss is NaN at step 250: lower training.learningRate\n");
        bytes.reset();
        play(
                false,
                false,
                List.of(Runs.started(0, List.of()), new Warned("checkpoint 400 is broken"), new Interrupted(7)));
        assertThat(output())
                .endsWith("! checkpoint 400 is broken\n■ stopped; step 7 is saved, and the next run goes on from it\n");
    }

    @Test
    void aRecipeThatIsDoneAlreadySaysWhereTheResultLies() {
        play(false, false, List.of(new AlreadyDone(new Result("pvc://models/tone", Output.Form.ADAPTER, "sha256:1"))));
        assertThat(output()).contains("nothing to do", "pvc://models/tone");
    }

    @Test
    void aResumedRunSaysWhereItGoesOnAndComparesWithTheVeryFirstStep() {
        play(false, false, Runs.resumed());
        assertThat(output())
                .contains("600 steps, 3 epochs, going on from step 400\n", "step 401/600", "loss 1.904 (−0.546)");
    }

    @Test
    void theStandardOutputOfATestIsNoTerminal() {
        assertThat(Screen.standardOutput(Map.of("TERM", "xterm")))
                .matches(screen -> !screen.live() && !screen.colours());
    }

    private void play(boolean live, boolean colours, List<Event> events) {
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (var sink = new TerminalSink(new Screen(out, live, colours), clock)) {
            for (var event : events) {
                if (event instanceof Stepped step) {
                    clock.forward(Duration.ofMillis(Math.round(step.seconds() * 1000)));
                }
                sink.accept(event);
            }
            out.flush();
        }
    }

    private String output() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
