package dev.attune.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallerTest {

    private static final String GOOD = """
            ---
            status:
              authenticated: true
              audiences: [attune.dev]
              user:
                username: system:serviceaccount:team:default
                extra:
                  authentication.kubernetes.io/pod-name: [tune-1-abc]
                  authentication.kubernetes.io/pod-uid: [u-1]
            """;

    @Test
    void goodTokenNamesItsPod() {
        assertThat(caller(GOOD)).contains(new Caller("team", "tune-1-abc", "u-1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "authenticated: true -> authenticated: false",
                "[attune.dev] -> [https://kubernetes.default.svc]",
                "system:serviceaccount:team:default -> alice",
                "authentication.kubernetes.io/pod-name -> authentication.kubernetes.io/node-name",
                "authentication.kubernetes.io/pod-uid -> authentication.kubernetes.io/node-uid",
            })
    void anyOtherTokenNamesNone(String change) {
        var parts = change.split(" -> ");
        assertThat(GOOD).contains(parts[0]);
        assertThat(caller(GOOD.replace(parts[0], parts[1]))).isEmpty();
    }

    private static java.util.Optional<Caller> caller(String review) {
        return Caller.of(Serialization.unmarshal(review, TokenReview.class), "attune.dev");
    }
}
