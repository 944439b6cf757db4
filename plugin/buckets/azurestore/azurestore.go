// Package azurestore opens stores in Azure Blob Storage.
//
// It is a package of its own because of its driver's size (6 MB).
package azurestore

import (
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"

	"github.com/runnable-render/runnable-render/plugin/buckets"
)

// Opener opens azblob://CONTAINER/PREFIX. Account and credentials come from the usual chain of Azure
// (AZURE_STORAGE_ACCOUNT and so on).
func Opener() buckets.Opener {
	return buckets.Opener{Scheme: azureblob.Scheme, Open: blob.DefaultURLMux().OpenBucketURL}
}
