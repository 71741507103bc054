package vaultsrc

import (
	"fmt"
	"regexp"

	"github.com/esfn/esfn/fn"
)

// defaultAWSRegion is the one that ESO takes where a store names none
// (providers/v1/vault/auth_iam.go).
const defaultAWSRegion = "us-east-1"

// awsRegion is a region of AWS, and the domain of its partition.
type awsRegion struct{ name, domain string }

// awsPartitions are the domains of AWS by what its regions are called, as the
// SDKs have them (partitions.json in aws-sdk-go-v2).
var awsPartitions = []struct {
	regions string // a regular expression
	domain  string
}{
	{`^us-gov-[a-z]{1,20}-[0-9]{1,2}$`, "amazonaws.com"},
	{`^cn-[a-z]{1,20}-[0-9]{1,2}$`, "amazonaws.com.cn"},
	{`^eusc-de-[a-z]{1,20}-[0-9]{1,2}$`, "amazonaws.eu"},
	{`^us-iso-[a-z]{1,20}-[0-9]{1,2}$`, "c2s.ic.gov"},
	{`^us-isob-[a-z]{1,20}-[0-9]{1,2}$`, "sc2s.sgov.gov"},
	{`^us-isof-[a-z]{1,20}-[0-9]{1,2}$`, "csp.hci.ic.gov"},
	{`^eu-isoe-[a-z]{1,20}-[0-9]{1,2}$`, "cloud.adc-e.uk"},
	{`^[a-z]{2}-[a-z]{1,20}-[0-9]{1,2}$`, "amazonaws.com"},
}

// parseAWSRegion reads a store's region; "" is us-east-1. A region becomes part
// of the name of the host that credentials are sent to, so that nothing is one
// that is not spelled as AWS spells them. The fault has no field.
func parseAWSRegion(name string) (awsRegion, *fn.Fault) {
	if name == "" {
		name = defaultAWSRegion
	}
	for _, p := range awsPartitions {
		if regexp.MustCompile(p.regions).MatchString(name) {
			return awsRegion{name, p.domain}, nil
		}
	}
	return awsRegion{}, &fn.Fault{Cause: fmt.Sprintf("%q is no region of AWS", name), Hint: "write it as in eu-central-1"}
}

// host is that of the region's own Security Token Service.
func (r awsRegion) host() string { return "sts." + r.name + "." + r.domain }

// loginHost is the host that a login's request is signed for. Vault sends it to
// sts.amazonaws.com unless it is configured otherwise, which takes requests of
// us-east-1 alone, and keeps the host that was signed. So us-east-1 means that
// one, as it does for Vault's own client.
func (r awsRegion) loginHost() string {
	if r.name == defaultAWSRegion {
		return "sts." + r.domain
	}
	return r.host()
}
