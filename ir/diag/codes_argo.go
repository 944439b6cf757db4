package diag

// argoCodes are those of rendering to Argo, RR1xxx.
func argoCodes() []Code {
	return []Code{}
}
