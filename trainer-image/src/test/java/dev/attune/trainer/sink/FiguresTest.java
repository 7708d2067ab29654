package dev.attune.trainer.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, 0",
        "1.84321, 1.843",
        "12.3456, 12.35",
        "12345.6, 12346",
        "0.71, 0.71",
        "0.00123, 0.00123",
        "2e-4, 2e-4",
        "1.4321e-4, 1.432e-4",
        "5.1e-10, 5.1e-10",
        "-1.5, -1.5",
        "1000, 1000",
        "9.9999, 10",
        "12345678, 1.235e7",
        "NaN, NaN",
        "Infinity, Infinity"
    })
    void decimalsHaveFourSignificantDigits(double value, String text) {
        assertThat(Figures.decimal(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0.5, +0.500", "-0.5391, −0.539", "-2e-5, −2e-5", "0, ±0", "NaN, NaN"})
    void differencesHaveASign(double value, String text) {
        assertThat(Figures.difference(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"2.45, 2.450", "11.5, 11.50", "0, 0", "NaN, NaN", "12345, 12345"})
    void aColumnKeepsItsZeros(double value, String text) {
        assertThat(Figures.aligned(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"2e-4, 2.0e-4", "1.359e-4, 1.4e-4", "0, 0"})
    void learningRatesHaveTwoDigits(double value, String text) {
        assertThat(Figures.rate(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"999, 999", "1000, 1K", "460800, 460.8K", "999999, 1M", "134515008, 134.5M", "7241732096, 7.242B"})
    void magnitudesHaveAUnit(long count, String text) {
        assertThat(Figures.magnitude(count)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0s", "59, 59s", "60, 1m00s", "250, 4m10s", "3599, 59m59s", "3600, 1h00m", "187200, 2d04h"})
    void durationsHaveTwoUnits(long seconds, String text) {
        assertThat(Figures.duration(Duration.ofSeconds(seconds))).isEqualTo(text);
    }
}
