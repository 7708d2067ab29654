package dev.attune.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RehearsalTest {

    @Test
    void trainsTwoJobsToTheirEnd() throws IOException {
        assertThat(Rehearsal.run()).isZero();
    }
}
