package dev.attune.protocol;

/** The names by which the operator hands a trainer's pod its work, and by which the trainer finds it. */
public final class TrainerPod {

    private TrainerPod() {}

    /** Name of the container that trains. */
    public static final String CONTAINER = "trainer";

    /** The manifest, as the API server holds it but with every {@code job://} resolved; JSON is YAML. */
    public static final String MANIFEST = "/etc/attune/job.yaml";

    /** A claim that a {@code pvc://claim/path} names is mounted at {@code CLAIMS/claim}. */
    public static final String CLAIMS = "/mnt/pvc";

    /** A ConfigMap that a {@code configmap://name/key} names is mounted at {@code CONFIG_MAPS/name}. */
    public static final String CONFIG_MAPS = "/mnt/configmap";

    /** The token that the trainer shows to the operator, renewed by the kubelet. */
    public static final String TOKEN = "/var/run/secrets/attune.dev/token";

    /** The audience that the token is bound to. */
    public static final String AUDIENCE = "attune.dev";

    /** Where the final report is left. */
    public static final String TERMINATION_MESSAGE = "/dev/termination-log";

    /** Environment: number of the attempt, from 1. */
    public static final String ATTEMPT = "ATTUNE_ATTEMPT";

    /** Environment: URL that reports are posted to; unset: none are. */
    public static final String REPORT_URL = "ATTUNE_REPORT_URL";

    /** Environment: seconds between posts at least; a checkpoint or a change of phase is posted at once. */
    public static final String REPORT_SECONDS = "ATTUNE_REPORT_SECONDS";

    /** Label of Jobs and pods: name of the FineTuneJob. */
    public static final String JOB_LABEL = "attune.dev/job";

    /** Label of Jobs and pods: number of the attempt. */
    public static final String ATTEMPT_LABEL = "attune.dev/attempt";

    /** Annotation of pods: the manifest, which the downward API turns into the file {@link #MANIFEST}. */
    public static final String MANIFEST_ANNOTATION = "attune.dev/manifest";

    /** Path of the operator's endpoint for reports: {@code REPORT_PATH/namespace/name}. */
    public static final String REPORT_PATH = "/v1/reports";
}
