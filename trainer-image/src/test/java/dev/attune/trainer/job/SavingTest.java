package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Saved;
import dev.attune.trainer.failure.TrainerFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SavingTest {

    private final List<Event> told = new ArrayList<>();
    private final List<Thread> tellers = new ArrayList<>();
    private final Saving saving = new Saving(event -> {
        told.add(event);
        tellers.add(Thread.currentThread());
    });

    @Test
    void theLoopGoesOnWhileACheckpointIsWrittenAndTellsOfItWhenItIsThere() {
        var written = new CountDownLatch(1);
        saving.begin(() -> {
            await(written);
            return saved(3);
        });
        assertThat(told).isEmpty();
        written.countDown();
        saving.finish();
        assertThat(told).containsExactly(saved(3));
        assertThat(tellers).containsExactly(Thread.currentThread());
    }

    @Test
    void aCheckpointIsToldOnce() {
        saving.begin(() -> saved(3));
        saving.finish();
        saving.finish();
        saving.close();
        assertThat(told).containsExactly(saved(3));
    }

    @Test
    void theNextWaitsForTheOneBefore() {
        saving.begin(() -> saved(3));
        saving.begin(() -> saved(6));
        assertThat(told).containsExactly(saved(3));
        saving.close();
        assertThat(told).containsExactly(saved(3), saved(6));
    }

    @Test
    void whatWentWrongIsThrownByWhoWaitsAndOnce() {
        var failure = TrainerFailure.unavailable("the disk is gone", null);
        saving.begin(() -> {
            throw failure;
        });
        assertThatThrownBy(saving::finish).isSameAs(failure);
        assertThat(told).isEmpty();
        assertThatCode(saving::close).doesNotThrowAnyException();
    }

    @Test
    void theEndOfARunWaits() {
        var begun = new CountDownLatch(1);
        saving.begin(() -> {
            begun.countDown();
            return saved(12);
        });
        await(begun);
        saving.close();
        assertThat(told).containsExactly(saved(12));
    }

    private static Saved saved(int step) {
        return new Saved(step, List.of());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
