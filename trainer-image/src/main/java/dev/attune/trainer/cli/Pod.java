package dev.attune.trainer.cli;

import dev.attune.protocol.TrainerPod;
import dev.attune.trainer.event.Sink;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.sink.Attempt;
import dev.attune.trainer.sink.HttpSink;
import dev.attune.trainer.sink.Screen;
import dev.attune.trainer.sink.TerminalSink;
import dev.attune.trainer.sink.TerminationMessageSink;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;

/** What a trainer's pod runs: the mounted manifest, with reports to the operator. */
@Command(name = "pod", description = "Runs the job that the operator mounted into this pod.", hidden = true)
final class Pod implements Callable<Integer> {

    @Override
    public Integer call() {
        return Session.run(
                () -> JobFile.read(Path.of(TrainerPod.MANIFEST), UnaryOperator.identity()),
                Places.ofPod(),
                sinks(System.getenv()));
    }

    private static List<Sink> sinks(Map<String, String> environment) {
        var clock = Clock.systemUTC();
        var number = Integer.parseInt(environment.getOrDefault(TrainerPod.ATTEMPT, "1"));
        var attempt = new Attempt(number, clock.instant());
        var sinks = new ArrayList<Sink>();
        sinks.add(new TerminalSink(Screen.standardOutput(environment), clock));
        sinks.add(new TerminationMessageSink(Path.of(TrainerPod.TERMINATION_MESSAGE), attempt, clock));
        var url = environment.get(TrainerPod.REPORT_URL);
        if (url != null) {
            var interval =
                    Duration.ofSeconds(Long.parseLong(environment.getOrDefault(TrainerPod.REPORT_SECONDS, "60")));
            sinks.add(new HttpSink(URI.create(url), Path.of(TrainerPod.TOKEN), interval, attempt, clock));
        }
        return sinks;
    }
}
