package dev.attune.operator.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.attune.api.FineTuneJob;
import dev.attune.protocol.Report;
import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Takes trainers' reports: {@code POST /v1/reports/{namespace}/{name}} with a {@link Report} as JSON and the pod's token as
 * bearer.
 *
 * <p>204: taken; a late or repeated one is taken too, and changes nothing. 400: not a report; the body says what is wrong.
 * 401: no good token. 403: a good token, of a pod that isn't a trainer of this job. 404: no such job. 413: larger than
 * {@link Report#MAX_BYTES}.
 */
@Path(TrainerPod.REPORT_PATH + "/{namespace}/{name}")
public class ReportResource {

    private static final String BEARER = "Bearer ";

    /** A newer trainer may tell more than this operator knows. */
    private static final ObjectReader REPORT = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build()
            .readerFor(Report.class);

    private final KubernetesClient client;
    private final Tokens tokens;
    private final Ownership ownership;
    private final Inbox inbox;

    ReportResource(KubernetesClient client, Tokens tokens, Ownership ownership, Inbox inbox) {
        this.client = client;
        this.tokens = tokens;
        this.ownership = ownership;
        this.inbox = inbox;
    }

    @POST
    public Response post(
            @PathParam("namespace") String namespace,
            @PathParam("name") String name,
            @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
            InputStream body)
            throws IOException {
        var caller = Optional.ofNullable(authorization)
                .filter(header -> header.startsWith(BEARER))
                .flatMap(header -> tokens.caller(header.substring(BEARER.length())));
        if (caller.isEmpty()) {
            return answer(
                    Status.UNAUTHORIZED, "send 'Authorization: Bearer TOKEN' with the token at " + TrainerPod.TOKEN);
        }
        var bytes = body.readNBytes(Report.MAX_BYTES + 1);
        if (bytes.length > Report.MAX_BYTES) {
            return answer(Status.REQUEST_ENTITY_TOO_LARGE, "a report may have " + Report.MAX_BYTES + " bytes at most");
        }
        var job = client.resources(FineTuneJob.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
        if (job == null) {
            return answer(Status.NOT_FOUND, "no FineTuneJob '" + name + "' in namespace '" + namespace + "'");
        }
        var attempt = ownership.attempt(caller.get(), job);
        if (attempt.isEmpty()) {
            return answer(
                    Status.FORBIDDEN,
                    "pod '" + caller.get().name() + "' in namespace '"
                            + caller.get().namespace() + "' is no trainer of FineTuneJob '" + name + "' in namespace '"
                            + namespace + "'");
        }
        try {
            Report report = REPORT.readValue(bytes);
            var flaw = flaw(report, attempt.getAsInt());
            if (flaw.isPresent()) {
                return answer(Status.BAD_REQUEST, flaw.get());
            }
            inbox.put(namespace, name, report);
            return Response.noContent().build();
        } catch (JsonProcessingException e) {
            return answer(Status.BAD_REQUEST, "not a report: " + e.getOriginalMessage());
        }
    }

    private static Optional<String> flaw(Report report, int attempt) {
        if (report == null || report.phase() == null) {
            return Optional.of("phase is missing: send Preparing, Training, Evaluating, Succeeded or Failed");
        }
        var progress = report.progress();
        if (progress == null || progress.attempt() == null || progress.sequence() == null) {
            return Optional.of("progress.attempt or progress.sequence is missing: send both, to put reports in order");
        }
        if (progress.attempt() != attempt) {
            return Optional.of("progress.attempt is " + progress.attempt() + ", but this pod is the trainer of attempt "
                    + attempt + ": send what the environment variable " + TrainerPod.ATTEMPT + " says");
        }
        return Optional.empty();
    }

    private static Response answer(Status status, String message) {
        return Response.status(status)
                .type(MediaType.TEXT_PLAIN)
                .entity(message + "\n")
                .build();
    }
}
