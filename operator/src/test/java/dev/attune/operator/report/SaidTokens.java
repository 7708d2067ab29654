package dev.attune.operator.report;

import io.quarkus.test.Mock;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Takes a token's word for it: {@code POD/UID} is of that pod in the namespace team; any other is no good. */
@Mock
@ApplicationScoped
class SaidTokens implements Tokens {

    @Override
    public Optional<Caller> caller(String token) {
        var slash = token.indexOf('/');
        return slash < 0
                ? Optional.empty()
                : Optional.of(new Caller("team", token.substring(0, slash), token.substring(slash + 1)));
    }
}
