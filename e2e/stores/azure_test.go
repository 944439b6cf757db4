//go:build e2e

package stores

import (
	"context"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
)

// makeContainer makes the container in which the tests run.
func makeContainer(t *testing.T, addr, account, key string) {
	t.Helper()
	cred, err := azblob.NewSharedKeyCredential(account, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := azblob.NewClientWithSharedKeyCredential("http://"+addr+"/"+account, cred, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateContainer(context.Background(), "bucket", nil); err != nil {
		t.Fatal(err)
	}
}
