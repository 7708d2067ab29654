package dev.attune.operator.report;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pod that a token is bound to.
 *
 * @param namespace the pod's namespace
 * @param name the pod's name
 * @param uid the pod's uid
 */
record Caller(String namespace, String name, String uid) {

    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";
    private static final String POD_NAME = "authentication.kubernetes.io/pod-name";
    private static final String POD_UID = "authentication.kubernetes.io/pod-uid";

    /** Empty unless the token is good, meant for {@code audience}, and bound to a pod. */
    static Optional<Caller> of(TokenReview review, String audience) {
        var status = review.getStatus();
        if (status == null
                || !Boolean.TRUE.equals(status.getAuthenticated())
                || !status.getAudiences().contains(audience)
                || !status.getUser().getUsername().startsWith(SERVICE_ACCOUNT)) {
            return Optional.empty();
        }
        var account = status.getUser().getUsername().substring(SERVICE_ACCOUNT.length());
        return first(status.getUser().getExtra(), POD_NAME)
                .flatMap(name -> first(status.getUser().getExtra(), POD_UID)
                        .map(uid -> new Caller(account.substring(0, account.indexOf(':')), name, uid)));
    }

    private static Optional<String> first(Map<String, List<String>> extra, String key) {
        return Optional.ofNullable(extra)
                .map(all -> all.get(key))
                .flatMap(values -> values.stream().findFirst());
    }
}
