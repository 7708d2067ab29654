package dev.attune.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {

    @Test
    void eventsThatCannotBeWrittenAreRefusedInOneLine(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("file"), "where a folder is needed");
        var err = new StringWriter();

        var exit = Attune.commandLine()
                .setErr(new PrintWriter(err, true))
                .execute(
                        "run",
                        "-f",
                        "job.yaml",
                        "--events",
                        file.resolve("events.jsonl").toString());

        assertThat(exit).isEqualTo(64);
        assertThat(err.toString())
                .startsWith("--events: events can't be written to " + file)
                .contains("name a file that can be written")
                .doesNotContain("\tat ");
    }
}
