// Package s3store opens stores in S3 and in servers that speak its protocol, such as MinIO.
//
// It is a package of its own because its driver is as large as all the rest of the runner (11 MB).
package s3store

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	gcaws "gocloud.dev/aws"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"github.com/runnable-render/runnable-render/plugin/buckets"
)

// Opener opens s3://BUCKET/PREFIX?endpoint=URL&region=NAME and what else gocloud.dev's s3blob knows. Credentials
// come from the usual chain of AWS. With an endpoint, path style is the default, as is the region us-east-1 where
// the environment names none.
func Opener() buckets.Opener { return buckets.Opener{Scheme: s3blob.Scheme, Open: open} }

func open(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	v := *u
	v.RawQuery = withDefaults(u.Query()).Encode()
	if nowhere(ctx, v.Query()) {
		return openWith(ctx, u, noCredentials{u.Query().Get("endpoint")})
	}
	return new(s3blob.URLOpener).OpenBucketURL(ctx, &v)
}

// nowhere reports whether the usual chain finds no credentials before it asks the machine for its role at Amazon, although
// the server is not Amazon's.
func nowhere(ctx context.Context, q url.Values) bool {
	endpoint, err := url.Parse(q.Get("endpoint"))
	if err != nil || endpoint.Host == "" || strings.HasSuffix(endpoint.Hostname(), ".amazonaws.com") || q.Get("anonymous") == "true" {
		return false
	}
	chain := url.Values{"region": {"us-east-1"}}
	if q.Has("profile") {
		chain.Set("profile", q.Get("profile"))
	}
	cfg, err := gcaws.V2ConfigFromURLParams(ctx, chain)
	return err == nil && aws.IsCredentialsProvider(cfg.Credentials, (*ec2rolecreds.Provider)(nil))
}

// noCredentials says what to set.
type noCredentials struct{ endpoint string }

// Retrieve implements aws.CredentialsProvider.
func (n noCredentials) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{}, fmt.Errorf("there are no credentials for %s: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile in AWS_PROFILE", n.endpoint)
}

func withDefaults(q url.Values) url.Values {
	if q.Get("endpoint") == "" {
		return q
	}
	if !q.Has("use_path_style") && !q.Has("s3ForcePathStyle") {
		q.Set("use_path_style", "true")
	}
	if !q.Has("request_checksum_calculation") {
		q.Set("request_checksum_calculation", "when_required") // many servers know no other
	}
	if !q.Has("region") && os.Getenv("AWS_REGION") == "" && os.Getenv("AWS_DEFAULT_REGION") == "" {
		q.Set("region", "us-east-1")
	}
	return q
}

// OpenerWith is an [Opener] with one key of its own, for configurations that name it. It is held in memory only.
func OpenerWith(keyID, secret string) buckets.Opener {
	return buckets.Opener{Scheme: s3blob.Scheme, Open: func(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
		return openWith(ctx, u, aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(keyID, secret, "")))
	}}
}

func openWith(ctx context.Context, u *url.URL, provider aws.CredentialsProvider) (*blob.Bucket, error) {
	q := withDefaults(u.Query())
	pathStyle := q.Get("use_path_style") == "true" || q.Get("s3ForcePathStyle") == "true"
	q.Del("use_path_style")
	q.Del("s3ForcePathStyle")
	cfg, err := gcaws.V2ConfigFromURLParams(ctx, q)
	if err != nil {
		return nil, err
	}
	cfg.Credentials = provider
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = pathStyle })
	return s3blob.OpenBucket(ctx, client, u.Host, &s3blob.Options{RequestChecksumCalculation: cfg.RequestChecksumCalculation})
}
