package dev.attune.operator.report;

import java.util.Optional;

/** Says whose a token is. */
interface Tokens {

    /** The pod that the token is bound to; empty: the token is not good, not for us, or bound to no pod. */
    Optional<Caller> caller(String token);
}
