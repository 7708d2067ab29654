package dev.attune.operator.report;

import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Asks the API server whose a token is. */
@ApplicationScoped
class ReviewedTokens implements Tokens {

    private final KubernetesClient client;

    ReviewedTokens(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<Caller> caller(String token) {
        var review = new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .withAudiences(TrainerPod.AUDIENCE)
                .endSpec()
                .build();
        return Caller.of(client.resource(review).create(), TrainerPod.AUDIENCE);
    }
}
